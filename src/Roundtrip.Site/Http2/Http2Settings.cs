using System.Collections.Immutable;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Http2;

/// <summary>The settings of HTTP/2 that are a host's own, under their directives' names; the rest are limits (<see cref="Roundtrip.Http.Http2.Http2Limits"/>).</summary>
internal static class Http2Settings
{
    /// <summary>Protocols, the best first. Deviates: httpd's default is http/1.1 alone, which makes every page slower that nobody configured.</summary>
    public static readonly SettingKey<ImmutableArray<string>> Protocols = new(["h2", "http/1.1"]);

    /// <summary>ProtocolsHonorOrder: whether that order counts, or the client's.</summary>
    public static readonly SettingKey<bool> HonorOrder = new(true);

    /// <summary>H2Direct: whether a plain connection may begin with HTTP/2's preface, where h2c is among the protocols.</summary>
    public static readonly SettingKey<bool> Direct = new(true);

    /// <summary>H2Upgrade: whether a plain connection may go over to h2c by Upgrade, where h2c is among the protocols.</summary>
    public static readonly SettingKey<bool> Upgrade = new(true);

    /// <summary>H2ModernTLSOnly: whether h2 is spoken only over what RFC 9113 section 9.2 asks of TLS.</summary>
    public static readonly SettingKey<bool> ModernTlsOnly = new(true);

    /// <summary>H2StreamTimeout, in milliseconds; 0 for no limit, less where it is not said: then Timeout holds.</summary>
    public static readonly SettingKey<int> StreamTimeout = new(-1);

    /// <summary>H2Push: whether what a response's fields name is pushed.</summary>
    public static readonly SettingKey<bool> Push = new(true);

    /// <summary>H2PushResource: what is needed with what is answered there, as values of Link fields.</summary>
    public static readonly SettingKey<ImmutableArray<string>> PushResources = new([], (outer, inner) => outer.AddRange(inner));
}
