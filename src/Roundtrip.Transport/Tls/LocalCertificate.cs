using System.Net;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Roundtrip.Transport.Tls;

/// <summary>
/// The certificate for a folder that is served on the developer's own machine: signed by itself, made once for a user, and kept as
/// <c>roundtrip/localhost.crt</c> and <c>.key</c> in the user's data folder, so that a browser that was told to trust it goes on doing so.
/// </summary>
[UnsupportedOSPlatform("windows")]
public static class LocalCertificate
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // The longest life that browsers accept of a certificate is 398 days.
    private const int DaysValid = 397;
    private const int DaysLeft = 7;

    private const int LockAttempts = 500;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    /// <summary>The folder where it is kept: <c>$XDG_DATA_HOME/roundtrip</c>, or <c>~/.local/share/roundtrip</c>.</summary>
    public static string DefaultFolder
    {
        get
        {
            // The XDG base directory specification: a relative path is invalid and to be ignored.
            string? data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
            if (!Path.IsPathRooted(data))
            {
                string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
                data = Path.Combine(home, ".local", "share");
            }

            return Path.Combine(data, "roundtrip");
        }
    }

    /// <summary>
    /// Gives the files, and makes them first when they are missing, cannot be read as a certificate with its key, or expire within 7 days.
    /// Any number of processes may do so at once.
    /// </summary>
    /// <exception cref="TransportException">The files cannot be written.</exception>
    public static TlsCertificateFiles Ensure(string folder, DateTimeOffset now)
    {
        OpenSslLibrary.Initialize();
        var files = new TlsCertificateFiles(Path.Combine(folder, "localhost.crt"), Path.Combine(folder, "localhost.key"));
        if (CertificatePair.IsUsable(files, now.AddDays(DaysLeft)))
        {
            return files;
        }

        try
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
            using FileStream held = Lock(Path.Combine(folder, "localhost.lock"));
            if (!CertificatePair.IsUsable(files, now.AddDays(DaysLeft)))
            {
                Make(files, now);
            }

            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TransportException($"The certificate for this machine cannot be kept in {folder}: {e.Message}", e);
        }
    }

    // Between two renames the pair does not match: who makes it is alone.
    private static FileStream Lock(string file)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(file, new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    UnixCreateMode = OwnerOnly,
                });
            }
            catch (IOException) when (attempt < LockAttempts)
            {
                Thread.Sleep(LockPause);
            }
        }
    }

    private static void Make(TlsCertificateFiles files, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost, O=Roundtrip local certificate", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));
        request.CertificateExtensions.Add(Names().Build());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));

        // An hour back, for clients whose clock is behind.
        DateTimeOffset begin = now.AddHours(-1);
        using X509Certificate2 certificate = request.CreateSelfSigned(begin, begin.AddDays(DaysValid));
        Replace(files.KeyFile, key.ExportPkcs8PrivateKeyPem(), OwnerOnly);
        Replace(files.ChainFile, certificate.ExportCertificatePem(), OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private static SubjectAlternativeNameBuilder Names()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("*.localhost");
        if (Uri.CheckHostName(Environment.MachineName) == UriHostNameType.Dns && Environment.MachineName != "localhost")
        {
            names.AddDnsName(Environment.MachineName);
        }

        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        return names;
    }

    private static void Replace(string file, string content, UnixFileMode mode)
    {
        string temporary = $"{file}.{Environment.ProcessId}";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode };
        using (var writer = new StreamWriter(temporary, options))
        {
            writer.Write(content);
            writer.Write('\n');
        }

        File.Move(temporary, file, overwrite: true);
    }
}
