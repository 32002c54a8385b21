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

    public byte[] Software { get; } = Encoding.ASCII.GetBytes(ServerIdentity.Of(about.Settings.Get(CoreSettings.ServerTokens)));

    public byte[] Name { get; } = Encoding.UTF8.GetBytes(about.Host.Name);

    public byte[] DocumentRoot { get; } = Encoding.UTF8.GetBytes(about.Settings.Get(CoreSettings.DocumentRoot));

    public byte[] Admin { get; } = Encoding.UTF8.GetBytes(about.Settings.Get(CoreSettings.ServerAdmin));

    public bool UsesCanonicalName { get; } = about.Settings.Get(CoreSettings.UseCanonicalName);
}
