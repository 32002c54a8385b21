using Roundtrip.Configuration.Directives;
using Roundtrip.Site.Core;
using Roundtrip.Transport.Tls;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Tls;

/// <summary>mod_ssl: TLS for the hosts that have SSLEngine on.</summary>
internal sealed class SslModule : IConfigurationModule
{
    public string Name => "ssl_module";

    public string SourceFile => "mod_ssl.c";

    public IEnumerable<Directive> Directives =>
    [
        Directive.Of("SSLEngine", AnyServer, "on or off", SslSettings.Engine, ParseEngine),
        new("SSLCertificateFile", AnyServer, 1, 1, "a PEM file", call => call.Settings.Update(SslSettings.CertificateFiles, files => files.Add(call.FullPath(call.Words[0])))),
        new("SSLCertificateKeyFile", AnyServer, 1, 1, "a PEM file", call => call.Settings.Update(SslSettings.KeyFiles, files => files.Add(call.FullPath(call.Words[0])))),
        new("SSLCertificateChainFile", AnyServer, 1, 1, "a PEM file", call => call.Settings.Set(SslSettings.ChainFile, call.FullPath(call.Words[0]))),
        new("SSLProtocol", AnyServer, 1, int.MaxValue, "protocols, perhaps with + or -", SetProtocol),
        new("SSLCipherSuite", Anywhere, 1, 2, "SSL or TLSv1.3, and a list of suites in OpenSSL's notation", SetCiphers),
        Directive.Of("SSLHonorCipherOrder", AnyServer, "on or off", SslSettings.HonorCipherOrder, Arguments.Flag),
        Directive.Of("SSLSessionTickets", AnyServer, "on or off", SslSettings.SessionTickets, Arguments.Flag),
        Directive.Of("SSLSessionCache", ServerConfig, "a kind of cache, or none", SslSettings.SessionCache, word => !word.Equals("none", StringComparison.OrdinalIgnoreCase)),
        Directive.Of("SSLSessionCacheTimeout", AnyServer, "seconds", SslSettings.SessionTimeout, word => Arguments.Number(word)),
        Directive.Of("SSLCompression", AnyServer, "off", Ignored.Key, RefuseCompression),
        Directive.Of("SSLInsecureRenegotiation", AnyServer, "off", Ignored.Key, RefuseRenegotiation),
        new("SSLRandomSeed", ServerConfig, 2, 3, "a context and a source", static _ => { }),
        new("SSLPassPhraseDialog", ServerConfig, 1, 1, "a kind of dialog", static _ => { }),
        new("SSLOptions", Anywhere, 1, int.MaxValue, "options", static _ => { }),
        new("SSLCryptoDevice", ServerConfig, 1, 1, "builtin", static _ => { }),
        new("SSLUseStapling", AnyServer, 1, 1, "on or off", WarnOfStapling),
    ];

    private static bool ParseEngine(string word) => Arguments.Choice(word, "off", "on", "optional") switch
    {
        2 => throw new FormatException("optional is not possible: RFC 2817's upgrade has no browser that asks for it"),
        var choice => choice == 1,
    };

    // mod_ssl: all, SSLv3, TLSv1 to TLSv1.3; the first word without a sign begins anew.
    private static void SetProtocol(DirectiveCall call)
    {
        const int None = 0, Tls12 = 1, Tls13 = 2;
        int versions = call.Words[0][0] is '+' or '-' ? Tls12 | Tls13 : None;
        foreach (string word in call.Words)
        {
            int named = word.TrimStart('+', '-').ToUpperInvariant() switch
            {
                "ALL" => Tls12 | Tls13,
                "TLSV1.2" => Tls12,
                "TLSV1.3" => Tls13,
                "SSLV2" or "SSLV3" or "TLSV1" or "TLSV1.1" => None,
                _ => throw new FormatException($"Illegal protocol '{word}'"),
            };
            versions = word[0] == '-' ? versions & ~named : versions | named;
        }

        call.Settings.Set(SslSettings.Versions, versions switch
        {
            Tls12 => (TlsVersion.Tls12, TlsVersion.Tls12),
            Tls13 => (TlsVersion.Tls13, TlsVersion.Tls13),
            Tls12 | Tls13 => (TlsVersion.Tls12, TlsVersion.Tls13),

            // RFC 8996 forbids what is older than TLS 1.2.
            _ => throw new FormatException("no protocol is left: TLSv1.2 and TLSv1.3 are spoken here, and nothing older"),
        });
    }

    private static void SetCiphers(DirectiveCall call)
    {
        if (call.Words.Count == 1)
        {
            call.Settings.Set(SslSettings.CipherList, call.Words[0]);
            return;
        }

        call.Settings.Set(Arguments.Choice(call.Words[0], "SSL", "TLSv1.3") == 0 ? SslSettings.CipherList : SslSettings.CipherSuites, call.Words[1]);
    }

    private static bool RefuseCompression(string word) => Arguments.Flag(word) ? throw new FormatException("only off is possible: compressed secrets can be guessed (CRIME)") : false;

    private static bool RefuseRenegotiation(string word) => Arguments.Flag(word) ? throw new FormatException("only off is possible") : false;

    private static void WarnOfStapling(DirectiveCall call)
    {
        if (Arguments.Flag(call.Words[0]))
        {
            call.Warn("SSLUseStapling: OCSP responses are not stapled yet");
        }
    }
}
