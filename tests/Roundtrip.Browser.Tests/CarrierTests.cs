using System.Runtime.Versioning;
using Microsoft.Playwright;
using Roundtrip.Server.WebSockets;

namespace Roundtrip.Browser.Tests;

/// <summary>WebSocket and EventSource as Debian's Chromium has them: over HTTP/1.1, and over HTTP/2, where it opens a WebSocket by extended CONNECT on the connection that it has.</summary>
[SupportedOSPlatform("linux")]
public sealed class CarrierTests : IAsyncLifetime
{
    private readonly CarrierServer _server = new("<!DOCTYPE html><title>carriers</title>");
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.LaunchAsync(_playwright);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        _server.Dispose();
    }

    [Theory]
    [InlineData(false, "HTTP/1.1")]
    [InlineData(true, "HTTP/2")]
    public async Task A_WebSocket_sends_back_text_and_bytes_of_every_length(bool isSecure, string version)
    {
        IPage page = await OpenAsync(isSecure);
        string result = await page.EvaluateAsync<string>("""
            () => new Promise(resolve => {
                const socket = new WebSocket(location.origin.replace('http', 'ws') + '/echo', ['echo.v1', 'unknown']);
                socket.binaryType = 'arraybuffer';
                const messages = ['', 'a', 'é😀', 'x'.repeat(200000), new Uint8Array(0), new Uint8Array(300000).fill(7), new Blob(['blob']), 'tail'];
                const told = [];
                socket.onopen = () => messages.forEach(message => socket.send(message));
                socket.onmessage = event => {
                    told.push(typeof event.data === 'string' ? `text ${event.data.length}` : `bytes ${event.data.byteLength}`);
                    if (told.length === messages.length) socket.send('close, please');
                };
                socket.onclose = event => resolve([...told, event.code, event.reason, event.wasClean, socket.protocol, socket.extensions].join('|'));
            })
            """);

        Assert.Equal(
            "text 0|text 1|text 3|text 200000|bytes 0|bytes 300000|bytes 4|text 4|4001|as you wish|true|echo.v1|permessage-deflate; server_no_context_takeover; client_no_context_takeover", result);
        Assert.Equal($"opened {version} echo.v1", _server.Events[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_context_takeover_and_small_windows_every_message_comes_back(bool isSecure)
    {
        IPage page = await OpenAsync(isSecure);
        string result = await page.EvaluateAsync<string>("""
            () => new Promise(resolve => {
                const socket = new WebSocket(location.origin.replace('http', 'ws') + '/kept');
                let next = 0;
                const message = i => `{"id": ${i}, "text": "${'the same words again '.repeat(i % 50)}"}`;
                socket.onopen = () => { for (let i = 0; i < 300; i++) socket.send(message(i)); };
                socket.onmessage = event => {
                    if (event.data !== message(next)) resolve(`message ${next} came back as another`);
                    if (++next === 300) { resolve(socket.extensions); socket.close(1000); }
                };
                socket.onclose = event => resolve(`closed ${event.code}`);
            })
            """);

        Assert.Equal("permessage-deflate; server_max_window_bits=11; client_max_window_bits=10", result);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_of_another_origin_opens_none(bool isSecure)
    {
        // The same server by another name is another origin, whose page the user may have been led to.
        IPage page = await OpenAsync(isSecure, "127.0.0.1");
        string result = await page.EvaluateAsync<string>("""
            () => new Promise(resolve => {
                const socket = new WebSocket(location.origin.replace('http', 'ws').replace('127.0.0.1', 'localhost') + '/echo');
                socket.onopen = () => resolve('open');
                socket.onclose = event => resolve(`closed ${event.code}`);
            })
            """);

        Assert.Equal("closed 1006", result);
        Assert.Empty(_server.Events);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_stops_closes_with_1001(bool isSecure)
    {
        IPage page = await OpenAsync(isSecure);
        await page.EvaluateAsync("""
            () => new Promise(resolve => {
                const socket = new WebSocket(location.origin.replace('http', 'ws') + '/echo');
                window.ended = new Promise(told => { socket.onclose = event => told(`${event.code} ${event.reason} ${event.wasClean}`); });
                socket.onopen = resolve;
            })
            """);
        Task stopping = Task.Run(_server.StopInGoodOrder);

        Assert.Equal("1001 the server is stopping true", await page.EvaluateAsync<string>("window.ended"));
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_EventSource_gets_its_events_one_by_one_and_resumes_by_its_last_id(bool isSecure)
    {
        IPage page = await OpenAsync(isSecure);
        string result = await page.EvaluateAsync<string>("""
            () => new Promise(resolve => {
                const source = new EventSource('/events');
                const told = [];
                let first = 0;
                const take = event => {
                    told.push(`${event.type} ${event.lastEventId} ${event.data.replace('\n', '/')}`);
                    if (told.length === 1) first = performance.now();
                    if (told.length === 2) told.push(performance.now() - first > 100 ? 'apart' : 'together');
                    if (event.lastEventId === '3') { source.close(); resolve(told.join('|')); }
                };
                source.onmessage = take;
                source.addEventListener('last', take);
            })
            """);

        Assert.Equal("message 1 event 1/of three, é|message 2 event 2/of three, é|apart|last 3 event 3/of three, é", result);
    }

    private async Task<IPage> OpenAsync(bool isSecure, string name = "localhost")
    {
        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true });
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(isSecure ? $"https://{name}:{_server.TlsPort}/" : $"http://{name}:{_server.Port}/");
        Assert.Equal(isSecure ? "h2" : "http/1.1", await page.EvaluateAsync<string>("performance.getEntriesByType('navigation')[0].nextHopProtocol"));
        return page;
    }
}
