using System.Collections.Immutable;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Tls;

/// <summary>mod_ssl's settings.</summary>
internal static class SslSettings
{
    public static readonly SettingKey<bool> Engine = new(false);

    /// <summary>SSLCertificateFile: full paths of PEM files, one for each key type.</summary>
    public static readonly SettingKey<ImmutableArray<string>> CertificateFiles = new([]);

    /// <summary>SSLCertificateKeyFile, in the order of the certificates; fewer where the certificate's file has the key too.</summary>
    public static readonly SettingKey<ImmutableArray<string>> KeyFiles = new([]);
}
