using System.Net;
using System.Security.Cryptography;

namespace Roundtrip.Peers.Tests.Wsgi;

/// <summary>A gibibyte to an application and from one: whole, and without that either process grows.</summary>
[Trait("Category", "Long")]
public sealed class GibibyteTests : IDisposable
{
    private const int BlockSize = 1 << 20;
    private const int Blocks = 1024;

    // What a process may grow by: buffers, and what the runtimes keep of what was thrown away.
    private const long Room = 32L << 20;

    private const string Application = """
        import hashlib

        BLOCKS = [bytes([number]) * (1 << 20) for number in range(4)]

        def application(environ, start_response):
            start_response('200 OK', [('Content-Type', 'application/octet-stream')])
            if environ['PATH_INFO'] == '/down':
                return (BLOCKS[number % 4] for number in range(int(environ['QUERY_STRING'])))
            digest, length = hashlib.sha256(), 0
            for part in iter(lambda: environ['wsgi.input'].read(1 << 16), b''):
                digest.update(part)
                length += len(part)
            return [('%d %s' % (length, digest.hexdigest())).encode()]
        """;

    private static readonly byte[][] Parts = [.. Enumerable.Range(0, 4).Select(number => Enumerable.Repeat((byte)number, BlockSize).ToArray())];

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new(new HttpClientHandler { UseProxy = false, ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator }) { Timeout = TimeSpan.FromMinutes(5) };

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("1.1", false)]
    [InlineData("1.1", true)]
    [InlineData("2.0", false)]
    [InlineData("2.0", true)]
    public async Task It_goes_up_whole_and_memory_is_flat(string version, bool isChunked)
    {
        using RoundtripProcess server = Serve();
        await Upload(16);
        long[] before = Peaks(server);
        Assert.Equal($"{(long)Blocks * BlockSize} {DigestOf(Blocks)}", await Upload(Blocks));
        AssertFlat(before, Peaks(server));

        async Task<string> Upload(int blocks)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, UrlOf(server, version)) { Content = new Repeated(blocks, isChunked), Version = new Version(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using HttpResponseMessage response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
            return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task It_comes_down_whole_and_memory_is_flat(string version)
    {
        using RoundtripProcess server = Serve();
        await Download(16);
        long[] before = Peaks(server);
        Assert.Equal(DigestOf(Blocks), await Download(Blocks));
        AssertFlat(before, Peaks(server));

        async Task<string> Download(int blocks)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{UrlOf(server, version)}down?{blocks}") { Version = new Version(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            await using Stream content = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, TestContext.Current.CancellationToken));
        }
    }

    private static string UrlOf(RoundtripProcess server, string version) => version == "2.0" ? server.Https : server.Http;

    private static string DigestOf(int blocks)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < blocks; i++)
        {
            digest.AppendData(Parts[i % Parts.Length]);
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    // proc(5): the most memory that the server and its worker ever had.
    private static long[] Peaks(RoundtripProcess server) =>
    [
        .. Directory.EnumerateDirectories($"/proc/{server.Id}/task").SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Prepend($"{server.Id}")
            .Select(id => long.Parse(File.ReadAllLines($"/proc/{id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal), null) * 1024),
    ];

    private static void AssertFlat(long[] before, long[] after)
    {
        Assert.Equal(2, before.Length);
        Assert.All(before.Zip(after), peak => Assert.InRange(peak.Second - peak.First, 0, Room));
    }

    private RoundtripProcess Serve()
    {
        _folder.Write("app.wsgi", Application);
        _folder.Write("site.conf", "WSGIDaemonProcess all threads=2\nWSGIProcessGroup all\nWSGIApplicationGroup %{GLOBAL}\nWSGIScriptAlias / app.wsgi\nLimitRequestBody 0\n");
        return new RoundtripProcess(_folder.Path);
    }

    private sealed class Repeated(int blocks, bool isChunked) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (int i = 0; i < blocks; i++)
            {
                await stream.WriteAsync(Parts[i % Parts.Length]);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = (long)blocks * BlockSize;
            return !isChunked;
        }
    }
}
