using Microsoft.Playwright;

namespace Roundtrip.Browser.Tests.Live;

/// <summary>The browser's client in Debian's Chromium on the program itself: each carrier alone, over HTTP/1.1 and HTTP/2, and the way down and up again when the server breaks them.</summary>
public sealed class LiveCarrierTests(LiveBrowser browser) : IClassFixture<LiveBrowser>
{
    // What breaks a carrier at the server: refused; answered by something that is no event stream, as a network's page to log in to does; refused.
    private const string NoSocket = "<If \"%{HTTP:Sec-WebSocket-Version} == '13'\">\nRequire all denied\n</If>\n";
    private const string NoStream = "Header set Content-Type text/html \"expr=%{HTTP:Accept} == 'text/event-stream'\"\n";
    private const string DeniedStream = "<If \"%{HTTP:Accept} == 'text/event-stream'\">\nRequire all denied\n</If>\n";
    private const string NoWaiting = "<If \"%{QUERY_STRING} =~ /wait=25/\">\nRequire all denied\n</If>\n";

    [Theory]
    [InlineData("websocket", false)]
    [InlineData("websocket", true)]
    [InlineData("sse", false)]
    [InlineData("sse", true)]
    [InlineData("longpoll", false)]
    [InlineData("longpoll", true)]
    [InlineData("shortpoll", false, Traits = ["Category", "Long"])]
    [InlineData("shortpoll", true)]
    public async Task Each_carrier_brings_text_and_bytes_publishes_and_goes_on_behind_what_it_had(string carrier, bool isSecure)
    {
        using var site = new LiveSite();
        await using IBrowserContext context = await browser.Chromium.NewContextAsync();
        LivePage page = await LivePage.OpenAsync(site, context, isSecure, $"{"{"} carriers: ['{carrier}'] {"}"}");
        await page.UntilCarrierAsync(carrier);
        await page.HearAsync();

        await site.PublishAsync("a", "grüße\n😀", "urn:1");
        await page.UntilGotAsync("grüße\n😀");
        await page.Tab.EvaluateAsync("token => publishBytes('a', [0, 10, 255], token)", site.Token);
        await page.UntilGotAsync("bytes 0 10 255");
        string id = await page.Tab.EvaluateAsync<string>("publish('a', 'mine')");
        Assert.StartsWith("urn:uuid:", id, StringComparison.Ordinal);
        await page.UntilGotAsync("mine");

        // The network goes away, and comes back.
        Forwarder between = isSecure ? site.Secure : site.Plain;
        between.IsUp = false;
        between.Cut();
        await site.PublishAsync("a", "missed 1", "urn:2");
        await site.PublishAsync("a", "missed 2", "urn:3");
        between.IsUp = true;
        await page.UntilGotAsync("missed 2");

        Assert.Equal(["grüße\n😀", "bytes 0 10 255", "mine", "missed 1", "missed 2"], await page.HeardAsync());
        Assert.Equal([carrier], await page.CarriersAsync());
        await context.CloseAsync();
        await site.UntilLoggedAsync(Asked(carrier, isSecure));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_refused_makes_way_for_the_next_and_what_works_again_is_found_again(bool isSecure)
    {
        using var site = new LiveSite();
        await using IBrowserContext context = await browser.Chromium.NewContextAsync();
        // In the page, whose clock a test can put forward.
        LivePage page = await LivePage.OpenAsync(site, context, isSecure, "{ home: 'page' }", hasClock: true);
        Forwarder between = isSecure ? site.Secure : site.Plain;
        await page.UntilCarrierAsync("websocket");
        await page.HearAsync();

        foreach ((string carrier, string broken) in ((string, string)[])[("sse", NoSocket), ("longpoll", NoSocket + NoStream), ("shortpoll", NoSocket + NoStream + NoWaiting)])
        {
            await site.ReloadAsync(broken);
            between.Cut();
            await page.UntilCarrierAsync(carrier);
            await site.PublishAsync("a", carrier, $"urn:{carrier}");
            await page.UntilGotAsync(carrier);
        }

        // Up again, to the best that works: first to long polling, then to a WebSocket.
        await site.ReloadAsync(NoSocket + NoStream);
        await InTimeAsync(site, page, "longpoll");
        await site.PublishAsync("a", "longpoll again", "urn:again:1");
        await page.UntilGotAsync("longpoll again");
        await site.ReloadAsync();
        await InTimeAsync(site, page, "websocket");
        await site.PublishAsync("a", "websocket again", "urn:again:2");
        await page.UntilGotAsync("websocket again");

        Assert.Equal(["sse", "longpoll", "shortpoll", "longpoll again", "websocket again"], await page.HeardAsync());
    }

    // 403 of the rules before the hub, or of anything in between, may be none of the next carrier's; what the hub itself refuses is.
    [Fact]
    public async Task An_event_stream_that_is_forbidden_ends_no_topic_and_one_that_the_hub_refuses_does()
    {
        using var site = new LiveSite(NoSocket + DeniedStream);
        await using IBrowserContext context = await browser.Chromium.NewContextAsync();
        LivePage page = await LivePage.OpenAsync(site, context, isSecure: false);
        await page.UntilCarrierAsync("longpoll");
        await page.HearAsync();
        await site.PublishAsync("a", "through", "urn:1");
        await page.UntilGotAsync("through");
        Assert.Equal(["longpoll"], await page.CarriersAsync());

        await site.ReloadAsync();
        await page.Tab.EvaluateAsync("import('/.well-known/mercure/client.js').then(({ connect }) => connect('/.well-known/mercure', { carriers: ['sse'], session: 'long' }).subscribe('x'.repeat(1025), () => {}, { onError: ({ status }) => got.push(`error ${status}`) }))");
        await page.UntilGotAsync("error 400");
    }

    [Theory]
    [InlineData("HeadOnly")]
    [InlineData("Nothing")]
    public async Task Event_streams_that_something_in_between_holds_back_make_way_for_long_polling(string passes)
    {
        using var site = new LiveSite(NoSocket);
        site.Plain.StreamsMay = Enum.Parse<Forwarder.Streams>(passes);
        await using IBrowserContext context = await browser.Chromium.NewContextAsync();
        LivePage page = await LivePage.OpenAsync(site, context, isSecure: false, "{ home: 'page' }", hasClock: true);
        await Condition.HoldsAsync(() => Task.FromResult(site.Plain.Held > 0), () => $"no event stream was asked for; the log: {site.Log}");
        await page.Tab.Clock.FastForwardAsync(10_000);
        await page.UntilCarrierAsync("longpoll");
        await page.HearAsync();
        await site.PublishAsync("a", "through", "urn:1");
        await page.UntilGotAsync("through");

        Assert.Equal(["longpoll"], await page.CarriersAsync());
        Assert.Equal(["through"], await page.HeardAsync());
    }

    [Theory]
    [InlineData("", "sse")]
    [InlineData("proxy_ignore_headers X-Accel-Buffering;", "longpoll")]
    public async Task Behind_nginx_as_it_comes_it_is_event_streams_and_where_those_are_buffered_long_polling(string line, string carrier)
    {
        using var site = new LiveSite();
        using var nginx = new NginxProcess(site.Plain.To, line);
        site.Plain.To = nginx.Port;
        await using IBrowserContext context = await browser.Chromium.NewContextAsync();
        LivePage page = await LivePage.OpenAsync(site, context, isSecure: false);
        await page.UntilCarrierAsync(carrier);
        await page.HearAsync();
        await site.PublishAsync("a", "through", "urn:1");
        await page.UntilGotAsync("through");

        Assert.Equal([carrier], await page.CarriersAsync());
        Assert.Equal(["through"], await page.HeardAsync());
    }

    // The browser hides from such a page what the hub says to it, but for the answer to one question (docs/live.md, "Origins").
    [Fact]
    public async Task A_page_whose_origin_the_hub_does_not_allow_is_told_so_and_works_once_it_is_allowed()
    {
        using var site = new LiveSite();
        await using IBrowserContext context = await browser.Chromium.NewContextAsync();
        LivePage page = await LivePage.OpenAsync(site, context, isSecure: false);
        string connect = $"const live = connect('{site.Url(false, LiveBrowser.OtherName)}{LiveSite.Hub}', {"{"} home: 'page', session: 'other', token: () => token {"}"})";
        string use = $"token => import('/{LiveSite.Hub}/client.js').then(({"{"} connect {"}"}) => {"{"} {connect}; live.subscribe('a', ({"{"} data {"}"}) => got.push(`there ${"{"}data{"}"}`), {"{"} onError: ({"{"} status {"}"}) => got.push(`error ${"{"}status{"}"}`) {"}"}); "
            + "live.publish('a', 'from afar').then(() => got.push('stored'), ({ status, message }) => got.push(`refused ${status} ${message}`)); })";
        await page.Tab.EvaluateAsync(use, site.Token);
        await page.UntilGotAsync("refused 403 the hub does not allow this page's origin");
        await page.UntilGotAsync("error 403");

        await site.ReloadAsync($"LiveAllowOrigin {site.Url(isSecure: false)[..^1]}");
        await page.Tab.EvaluateAsync(use, site.Token);
        await page.UntilGotAsync("stored");
        await page.UntilGotAsync("there from afar");
    }

    // Where extended CONNECT is not announced Chromium opens a connection of HTTP/1.1 for it, beside the one of HTTP/2 that brought the page.
    [Theory]
    [InlineData("on", "\"CONNECT /.well-known/mercure HTTP/2.0\" 200", "\"GET /.well-known/mercure HTTP/1.1\" 101")]
    [InlineData("off", "\"GET /.well-known/mercure HTTP/1.1\" 101", "\"CONNECT /.well-known/mercure HTTP/2.0\" 200")]
    public async Task H2WebSockets_says_over_which_version_a_page_of_HTTP_2_has_its_WebSocket(string said, string expected, string other)
    {
        using var site = new LiveSite($"H2WebSockets {said}");
        await using IBrowserContext context = await browser.Chromium.NewContextAsync();
        LivePage page = await LivePage.OpenAsync(site, context, isSecure: true, "{ carriers: ['websocket'] }");
        Assert.Equal("h2", await page.Tab.EvaluateAsync<string>("performance.getEntriesByType('navigation')[0].nextHopProtocol"));
        await page.UntilCarrierAsync("websocket");
        await page.HearAsync();
        await site.PublishAsync("a", "through", "urn:1");
        await page.UntilGotAsync("through");
        await context.CloseAsync();
        await site.UntilLoggedAsync(expected);
        Assert.Equal(0, site.Logged(other));
    }

    [Theory]
    [InlineData("websocket")]
    [InlineData("longpoll")]
    public async Task Topics_too_many_are_told_with_the_limit_and_the_others_go_on(string carrier)
    {
        using var site = new LiveSite();
        await site.ReloadAsync($"LiveMaxChannels 2\nLiveAllowOrigin {site.Url(isSecure: false)[..^1]}");
        await using IBrowserContext context = await browser.Chromium.NewContextAsync();
        LivePage page = await LivePage.OpenAsync(site, context, isSecure: false);
        // Of another origin, which reads of the hub's fields only those that it is shown.
        await page.Tab.EvaluateAsync(
            "([url, carrier]) => import('/.well-known/mercure/client.js').then(({ connect }) => { const live = connect(url, { carriers: [carrier] }); live.addEventListener('error', ({ detail: { topic, status, text } }) => got.push(`${topic} ${status} ${text}`)); for (const topic of ['1', '2', '3']) live.subscribe(topic, ({ data }) => got.push(data), { since: 'earliest' }); })",
            new[] { site.Url(false, LiveBrowser.OtherName) + LiveSite.Hub, carrier });
        await page.UntilGotAsync("3 429 more than 2 topics on one connection (LiveMaxChannels)");
        await site.PublishAsync("1", "one", "urn:1");
        await page.UntilGotAsync("one");
        await site.PublishAsync("2", "two", "urn:2");
        await page.UntilGotAsync("two");
    }

    // What the access log has of it, once it has ended.
    private static string Asked(string carrier, bool isSecure) => (carrier, isSecure) switch
    {
        ("websocket", false) => "\"GET /.well-known/mercure HTTP/1.1\" 101",
        ("websocket", true) => "\"CONNECT /.well-known/mercure HTTP/2.0\" 200",
        ("sse", _) => $"?topic=a HTTP/{Version(isSecure)}\" 200",
        ("longpoll", _) => $"wait=25 HTTP/{Version(isSecure)}\" 200",
        _ => $"wait=0 HTTP/{Version(isSecure)}\" 200",
    };

    private static string Version(bool isSecure) => isSecure ? "2.0" : "1.1";

    // A better one is tried after a minute, then more and more rarely. In small steps of the page's time, each with a message, as the server lives by another clock: what it does not answer for long would count as lost.
    private static async Task InTimeAsync(LiveSite site, LivePage page, string carrier)
    {
        for (int step = 0; !await page.HasAsync(carrier); step++)
        {
            Assert.True(step < 500, $"{carrier} was not tried again");
            await page.Tab.Clock.FastForwardAsync(4000);
            await page.HearAsync();
        }
    }
}
