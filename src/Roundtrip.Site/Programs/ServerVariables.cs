using System.Text;
using Roundtrip.Configuration.Settings;
using Roundtrip.Site.Core;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Programs;

/// <summary>What all requests for a path tell a program alike, as bytes.</summary>
internal sealed class ServerVariables(ResourceAbout about)
{
    /// <summary>Those that it was made of.</summary>
    public SettingBag Settings { get; } = about.Settings;

    public byte[] Name { get; } = Encoding.UTF8.GetBytes(about.Host.Name);

    public bool UsesCanonicalName { get; } = about.Settings.Get(CoreSettings.UseCanonicalName);

    /// <summary>Those that are the same for all, as <see cref="EnvironmentBuffer"/> has them.</summary>
    public byte[] Written { get; } = Write(about.Settings);

    private static byte[] Write(SettingBag settings)
    {
        var buffer = new EnvironmentBuffer();
        buffer.Add("GATEWAY_INTERFACE"u8, "CGI/1.1"u8);
        buffer.Add("SERVER_SOFTWARE"u8, Encoding.ASCII.GetBytes(ServerIdentity.Of(settings.Get(CoreSettings.ServerTokens))));
        buffer.Add("DOCUMENT_ROOT"u8, Encoding.UTF8.GetBytes(settings.Get(CoreSettings.DocumentRoot)));
        buffer.Add("SERVER_ADMIN"u8, Encoding.UTF8.GetBytes(settings.Get(CoreSettings.ServerAdmin)));
        return buffer.Written.ToArray();
    }
}
