using System.Net;
using System.Security.Cryptography;
using Roundtrip.Site.Tests.Wsgi.Support;

namespace Roundtrip.Site.Tests.Wsgi;

/// <summary>Content that comes slowly, or not to its end: by length and chunked, over HTTP/1.1 and HTTP/2. What comes at once is in <see cref="ApplicationTests"/>.</summary>
public sealed class BodyTests : IDisposable
{
    private readonly ApplicationSite _site = new(Pep3333Application.Text, "WSGIDaemonProcess all threads=4\nWSGIProcessGroup all\nWSGIApplicationGroup %{GLOBAL}\nWSGIScriptAlias / app.wsgi");

    public static TheoryData<string, bool> Ways => new() { { "1.1", false }, { "1.1", true }, { "2.0", false }, { "2.0", true } };

    public void Dispose() => _site.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Content_that_comes_in_dribs_comes_whole(string version, bool isChunked)
    {
        // Less than what is collected before a worker is asked, and more.
        foreach (int length in (int[])[100, 100_000])
        {
            byte[] content = RandomNumberGenerator.GetBytes(length);
            using HttpRequestMessage request = Post("digest", version, new Dribs(content, isChunked, 10));
            using HttpResponseMessage response = await _site.Client.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal($"{length} {Convert.ToHexStringLower(SHA256.HashData(content))}", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_client_that_leaves_in_the_middle_is_an_error_of_the_input_and_keeps_no_thread(string version, bool isChunked)
    {
        // More often than there are threads.
        for (int i = 0; i < 6; i++)
        {
            using HttpRequestMessage request = Post("broken", version, new Dribs(new byte[100_000], isChunked, 10) { BreaksOffAt = 5 });
            await Assert.ThrowsAnyAsync<Exception>(() => _site.Client.SendAsync(request, TestContext.Current.CancellationToken));
        }

        for (int i = 0; i < 500 && await _site.Get("closes?broken") != "ClientGone"; i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal("ClientGone", await _site.Get("closes?broken"));
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _site.Get("nap")));
        Assert.Single(answers.Distinct());
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_client_that_leaves_in_the_middle_of_the_answer_keeps_no_thread(string version)
    {
        for (int i = 0; i < 6; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "closing_long") { Version = new Version(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using HttpResponseMessage response = await _site.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _site.Get("nap")));
        Assert.Single(answers.Distinct());
        Assert.Equal("6", await _site.Get("closes?left"));
    }

    private static HttpRequestMessage Post(string path, string version, HttpContent content) =>
        new(HttpMethod.Post, path) { Content = content, Version = new Version(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    /// <summary>Content in so many parts, with a pause behind each.</summary>
    private sealed class Dribs(byte[] content, bool isChunked, int parts) : HttpContent
    {
        /// <summary>The part at which it fails.</summary>
        public int BreaksOffAt { get; init; } = -1;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (int i = 0; i < parts; i++)
            {
                if (i == BreaksOffAt)
                {
                    throw new IOException("the client has left");
                }

                await stream.WriteAsync(content.AsMemory(i * content.Length / parts, content.Length / parts));
                await stream.FlushAsync();
                await Task.Delay(20);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = content.Length;
            return !isChunked;
        }
    }
}
