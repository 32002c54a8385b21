using Roundtrip.Site.Tests.Wsgi.Support;

namespace Roundtrip.Site.Tests.Wsgi;

/// <summary>Applications on real workers, asked over HTTP/1.1.</summary>
public sealed class ApplicationTests
{
    [Fact]
    public async Task An_application_answers()
    {
        using var site = new ApplicationSite("def application(environ, start_response):\n    start_response('200 OK', [('Content-Type', 'text/plain')])\n    return [b'Hello']\n");

        Assert.Equal("Hello", await site.Get("/any/path"));
    }
}
