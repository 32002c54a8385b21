using Roundtrip.Configuration.Settings;
using Roundtrip.Http.Http2;

namespace Roundtrip.Site.Http2;

/// <summary>What Protocols and its kin come to, for a connection with TLS and for one without.</summary>
public static class ProtocolChoice
{
    /// <summary>The protocols for ALPN, the best first.</summary>
    public static IReadOnlyList<string> SecureOf(SettingBag settings) => [.. settings.Get(Http2Settings.Protocols).Where(static protocol => protocol != "h2c")];

    /// <summary>How a plain connection may come to HTTP/2: not at all unless h2c is among the protocols.</summary>
    public static Http2Cleartext CleartextOf(SettingBag settings) => settings.Get(Http2Settings.Protocols).Contains("h2c")
        ? (settings.Get(Http2Settings.Direct) ? Http2Cleartext.Direct : Http2Cleartext.None)
            | (settings.Get(Http2Settings.Upgrade) ? Http2Cleartext.Upgrade : Http2Cleartext.None)
        : Http2Cleartext.None;
}
