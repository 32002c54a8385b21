using System.Net;
using System.Text;
using Roundtrip.Configuration.Settings;
using Roundtrip.Http;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Core;

/// <summary>The line under pages that the server makes itself: ServerSignature.</summary>
internal static class ServerSignature
{
    /// <summary>As httpd's ap_psignature: <c>&lt;address&gt;Roundtrip/0.1.0 (Debian) Server at example.org Port 80&lt;/address&gt;</c> and a line feed; empty for Off.</summary>
    /// <param name="exchange">Its context says whose settings count.</param>
    public static string Of(Exchange exchange) => exchange.Context switch
    {
        RequestFacts facts => Of(exchange, facts.Settings, facts.Host),
        ResourceAbout about => Of(exchange, about.Settings, about.Host),
        _ => "",
    };

    private static string Of(Exchange exchange, SettingBag settings, SiteHost host)
    {
        int kind = settings.Get(CoreSettings.ServerSignature);
        if (kind == 0)
        {
            return "";
        }

        string name = WebUtility.HtmlEncode(NameOf(exchange, settings, host));
        if (kind == 2)
        {
            string admin = settings.Get(CoreSettings.ServerAdmin);
            string scheme = admin.Contains("://", StringComparison.Ordinal) ? "" : "mailto:";
            name = $"<a href=\"{scheme}{WebUtility.HtmlEncode(admin)}\">{name}</a>";
        }

        string server = ServerIdentity.Of(settings.Get(CoreSettings.ServerTokens));
        return $"<address>{server} Server at {name} Port {exchange.Connection.Local.Port}</address>\n";
    }

    // UseCanonicalName Off: the name by which the client called.
    private static string NameOf(Exchange exchange, SettingBag settings, SiteHost host)
    {
        ReadOnlySpan<byte> name = exchange.Request.Host;
        return name.IsEmpty || settings.Get(CoreSettings.UseCanonicalName) ? host.Name : Encoding.Latin1.GetString(name);
    }
}
