using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Roundtrip.Peers.Tests;

/// <summary>Real content: the manual that Debian's apache2-doc installs, some thousand files, served as a folder.</summary>
public class ManualTests
{
    private const string Manual = "/usr/share/doc/apache2-doc/manual";

    public static TheoryData<bool> HttpAndHttps() => [false, true];

    [Theory]
    [MemberData(nameof(HttpAndHttps))]
    public async Task Every_file_equals_the_one_on_disk_whole_and_by_ranges(bool secure)
    {
        Assert.True(Directory.Exists(Manual), "apache2-doc is not installed: run eng/install-peers");
        using var server = new RoundtripProcess(Manual);
        using HttpClient client = Client(server, secure);
        string[] files = [.. Directory.EnumerateFiles(Manual, "*", SearchOption.AllDirectories).Where(IsServed)];
        Assert.InRange(files.Length, 1000, 100_000);
        await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (file, cancellation) =>
        {
            string path = string.Join('/', Path.GetRelativePath(Manual, file).Split('/').Select(Uri.EscapeDataString));
            byte[] expected = await File.ReadAllBytesAsync(file, cancellation);
            using HttpResponseMessage whole = await client.GetAsync(path, cancellation);
            Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
            Assert.Equal(SHA256.HashData(expected), SHA256.HashData(await whole.Content.ReadAsByteArrayAsync(cancellation)));
            if (expected.Length > 1)
            {
                await CheckRange(client, path, expected, expected.Length / 3, expected.Length - 1, cancellation);
                await CheckRange(client, path, expected, 0, expected.Length / 2, cancellation);
            }
        });
    }

    [Fact]
    public void A_mirror_has_no_broken_link_that_the_disk_does_not_have()
    {
        using var server = new RoundtripProcess(Manual, arguments: []);
        using var mirror = new TemporaryFolder();
        Finished wget = Run.Program("wget", "--mirror", "--no-verbose", "--no-parent", "--execute", "robots=off", "--directory-prefix", mirror.Path, $"{server.Http}en/index.html");

        string[] broken = [.. wget.Errors.Split('\n').Where(line => line.Contains("ERROR", StringComparison.Ordinal))];
        string[] urls = [.. wget.Errors.Split('\n').Zip(wget.Errors.Split('\n').Skip(1)).Where(pair => pair.Second.Contains("ERROR", StringComparison.Ordinal)).Select(pair => pair.First.TrimEnd(':'))];
        Assert.Equal(broken.Length, urls.Length);
        Assert.All(urls, url => Assert.False(ExistsOnDisk(new Uri(url).AbsolutePath), $"{url} exists on disk and was refused"));
        Assert.InRange(Directory.EnumerateFiles(mirror.Path, "*", SearchOption.AllDirectories).Count(), 200, 100_000);
    }

    private static bool ExistsOnDisk(string path)
    {
        string file = Path.Join(Manual, Uri.UnescapeDataString(path));
        return File.Exists(file) || File.Exists(Path.Join(file, "index.html"));
    }

    // What a folder does not serve: dotfiles, scripts, and links that lead out of it.
    private static bool IsServed(string file)
    {
        FileSystemInfo? target = new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true);
        return !Path.GetRelativePath(Manual, file).Split('/').Any(segment => segment.StartsWith('.')) &&
            Path.GetExtension(file) is not (".py" or ".wsgi") &&
            (target is null || target.FullName.StartsWith(Manual, StringComparison.Ordinal));
    }

    private static async Task CheckRange(HttpClient client, string path, byte[] expected, int first, int last, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Range = new RangeHeaderValue(first, last);
        using HttpResponseMessage response = await client.SendAsync(request, cancellation);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(SHA256.HashData(expected.AsSpan(first, last - first + 1)), SHA256.HashData(await response.Content.ReadAsByteArrayAsync(cancellation)));
    }

    private static HttpClient Client(RoundtripProcess server, bool secure)
    {
        string expected = X509CertificateLoader.LoadCertificateFromFile(server.CertificateFile).Thumbprint;
        var handler = new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => ((X509Certificate2)certificate!).Thumbprint == expected },
            AutomaticDecompression = DecompressionMethods.None,
        };
        return new HttpClient(handler) { BaseAddress = new Uri(secure ? server.Https : server.Http), DefaultRequestVersion = HttpVersion.Version11 };
    }
}
