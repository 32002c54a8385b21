using System.Collections.Immutable;
using Roundtrip.Configuration.Settings;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Site.Tls;

/// <summary>mod_ssl's settings.</summary>
internal static class SslSettings
{
    public static readonly SettingKey<bool> Engine = new(false);

    /// <summary>SSLCertificateFile: full paths of PEM files, one for each key type.</summary>
    public static readonly SettingKey<ImmutableArray<string>> CertificateFiles = new([]);

    /// <summary>SSLCertificateKeyFile, in the order of the certificates; fewer where the certificate's file has the key too.</summary>
    public static readonly SettingKey<ImmutableArray<string>> KeyFiles = new([]);

    /// <summary>SSLCertificateChainFile: a full path; empty for none.</summary>
    public static readonly SettingKey<string> ChainFile = new("");

    /// <summary>SSLProtocol, as the oldest and the newest version.</summary>
    public static readonly SettingKey<(TlsVersion Oldest, TlsVersion Newest)> Versions = new((TlsVersion.Tls12, TlsVersion.Tls13));

    /// <summary>SSLCipherSuite for TLS 1.2; empty for the server's own choice.</summary>
    public static readonly SettingKey<string> CipherList = new("");

    /// <summary>SSLCipherSuite TLSv1.3; empty for the server's own choice.</summary>
    public static readonly SettingKey<string> CipherSuites = new("");

    /// <summary>SSLHonorCipherOrder. Deviates: httpd's default is off, which lets a client choose a worse suite than it could have.</summary>
    public static readonly SettingKey<bool> HonorCipherOrder = new(true);

    public static readonly SettingKey<bool> SessionTickets = new(true);

    /// <summary>SSLSessionCache: whether sessions are kept for clients that resume by identifier.</summary>
    public static readonly SettingKey<bool> SessionCache = new(true);

    /// <summary>SSLSessionCacheTimeout, in seconds.</summary>
    public static readonly SettingKey<int> SessionTimeout = new(300);

    /// <summary>What a handshake is made by, as one text: two hosts with the same may share connections (mod_ssl compares the same). Empty where TLS is not spoken.</summary>
    public static string TermsOf(SettingBag settings) => !settings.Get(Engine) ? ""
        : string.Join(
            '\n', [
                .. settings.Get(CertificateFiles), .. settings.Get(KeyFiles), settings.Get(ChainFile), $"{settings.Get(Versions)}", settings.Get(CipherList),
                settings.Get(CipherSuites), $"{settings.Get(HonorCipherOrder)}",
            ]);
}
