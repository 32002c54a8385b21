using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Roundtrip.Site.Tests.LiveHub;

public class PublicationTests
{
    [Fact]
    public async Task Without_a_key_nobody_publishes()
    {
        using var site = new HubSite();
        using HttpResponseMessage wrong = await site.Post("topic=a", HubSite.Token("another secret that is long enough", """{"publish":["*"]}"""));
        using HttpResponseMessage subscriber = await site.Post("topic=a", HubSite.Token(HubSite.SubscriberSecret, """{"publish":["*"]}"""));
        using HttpResponseMessage nothing = await site.Post("topic=a", HubSite.Token(HubSite.PublisherSecret, "{}"));
        using HttpResponseMessage other = await site.Post("topic=a&topic=b", HubSite.Publisher("\"a\""));
        using HttpResponseMessage none = await site.Client.PostAsync(HubSite.Hub, Form("topic=a"), TestContext.Current.CancellationToken);

        Assert.Equal([401, 401, 401, 403, 401], new[] { wrong, subscriber, nothing, other, none }.Select(response => (int)response.StatusCode));
        Assert.Equal("Bearer", none.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Theory]
    [InlineData("data=x", 400)]
    [InlineData("topic=a&id=%23x", 400)]
    [InlineData("topic=a&type=x%0Adata:%20forged", 400)]
    [InlineData("topic=/.well-known/mercure/subscriptions/x/y", 403)]
    public async Task A_wrong_publication_says_why(string form, int status)
    {
        using var site = new HubSite();
        using HttpResponseMessage response = await site.Post(form);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotEqual("", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_413_whatever_it_says_of_its_length()
    {
        using var site = new HubSite("LiveMaxMessage 1000");
        using HttpResponseMessage ok = await site.Post("topic=a&data=" + new string('x', 1000));
        using HttpResponseMessage large = await site.Post("topic=a&data=" + new string('x', 1001));
        using HttpResponseMessage huge = await site.Post("topic=a&data=" + new string('x', 100_000));

        Assert.Equal([200, 413, 413], new[] { ok, large, huge }.Select(response => (int)response.StatusCode));
        Assert.True(huge.Headers.ConnectionClose);
        Assert.NotEqual(true, ok.Headers.ConnectionClose);
    }

    [Fact]
    public async Task Bytes_are_published_as_they_are_with_their_fields_in_the_query()
    {
        using var site = new HubSite();
        await using LiveClient client = await LiveClient.Connect(site);
        await client.Subscribe(1, "\"a\"");
        using HttpResponseMessage stored = await Bytes(site, "topic=a&topic=b&id=urn:1&type=image", [0, 255, 10, 38, 61]);
        Assert.Equal((200, "urn:1"), ((int)stored.StatusCode, await stored.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        System.Text.Json.JsonElement head = await client.Next();
        Assert.Equal(("urn:1", "image", 2), (head.GetProperty("id").GetString(), head.GetProperty("type").GetString(), head.GetProperty("topics").GetArrayLength()));
        Assert.Equal([0, 255, 10, 38, 61], client.Content);

        // Nothing is a message too.
        using HttpResponseMessage empty = await Bytes(site, "topic=a", []);
        await client.Next();
        Assert.Equal((200, 0), ((int)empty.StatusCode, client.Content.Length));
    }

    [Theory]
    [InlineData("", 3, 400)]
    [InlineData("topic=*", 3, 400)]
    [InlineData("topic=a&data=x", 3, 400)]
    [InlineData("topic=a&id=CLOSE", 3, 400)]
    [InlineData("topic=a&type=gap", 3, 400)]
    [InlineData("topic=other", 3, 403)]
    [InlineData("topic=/.well-known/mercure/subscriptions/x/y", 3, 403)]
    [InlineData("topic=a", 1000, 200)]
    [InlineData("topic=a", 1001, 413)]
    [InlineData("topic=a", 60_000, 413)]
    public async Task Bytes_obey_the_rules_of_the_form(string query, int length, int status)
    {
        using var site = new HubSite("LiveMaxMessage 1000");
        using HttpResponseMessage response = await Bytes(site, query, new byte[length], query == "topic=other" ? HubSite.Publisher("\"a\"") : null);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task What_is_neither_a_form_nor_bytes_is_told_what_is_taken()
    {
        using var site = new HubSite();
        using HttpResponseMessage response = await Bytes(site, "topic=a", [1], type: "multipart/form-data; boundary=x");
        Assert.Equal((415, "application/x-www-form-urlencoded, application/octet-stream"), ((int)response.StatusCode, Assert.Single(response.Headers.GetValues("Accept"))));
        using HttpResponseMessage none = await Bytes(site, "topic=a", [1], token: HubSite.Token(HubSite.SubscriberSecret, """{"publish":["*"]}"""));
        Assert.Equal(401, (int)none.StatusCode);
    }

    // docs/live.md, "The endpoint": by it a publisher tells the hub from what stands between.
    [Fact]
    public async Task What_the_hub_refuses_to_publish_it_says_itself()
    {
        using var site = new HubSite("LiveMaxMessage 1000\n<If \"%{QUERY_STRING} == 'forbidden'\">\nRequire all denied\n</If>");
        using HttpResponseMessage nothing = await site.Post("data=x");
        using HttpResponseMessage nobody = await site.Client.PostAsync(HubSite.Hub, Form("topic=a"), TestContext.Current.CancellationToken);
        using HttpResponseMessage stranger = await site.Post("topic=a", HubSite.Token("another secret that is long enough", """{"publish":["*"]}"""));
        using HttpResponseMessage subscriber = await site.Post("topic=a", HubSite.Token(HubSite.PublisherSecret, "{}"));
        using HttpResponseMessage other = await site.Post("topic=b", HubSite.Publisher("\"a\""));
        using HttpResponseMessage large = await site.Post("topic=a&data=" + new string('x', 1001));
        using HttpResponseMessage huge = await site.Post("topic=a&data=" + new string('x', 40_000));
        using HttpResponseMessage type = await Bytes(site, "topic=a", [1], type: "text/plain");
        using HttpResponseMessage stored = await site.Post("topic=a");
        using HttpResponseMessage anothers = await Bytes(site, "forbidden", [1]);

        Assert.Equal(
            ["400 400", "401 401", "401 401", "401 401", "403 403", "413 413", "413 413", "415 415", "200 ", "403 "],
            new[] { nothing, nobody, stranger, subscriber, other, large, huge, type, stored, anothers }.Select(static response => $"{(int)response.StatusCode} {(response.Headers.TryGetValues("Live-Refusal", out IEnumerable<string>? values) ? values.Single() : "")}"));
    }

    [Fact]
    public async Task By_its_id_or_its_place_a_message_is_had_and_by_nothing_else()
    {
        using var site = new HubSite();
        string first = await site.Publish("a", "1");
        await site.Publish("a", "2", "&id=urn:2");
        await site.Publish("a", "3", "&id=https://app.test/a//../b?c%26d");
        Task<string> Get(string id) => site.Get($"{HubSite.Hub}/messages/?id={Uri.EscapeDataString(id)}");

        Assert.Equal(["1", "2", "2", "3"], [await Get(first), await Get("urn:2"), await Get(first.Replace("/0", "/1", StringComparison.Ordinal)), await Get("https://app.test/a//../b?c&d")]);
        foreach (string id in (string[])["earliest", "#@/0", "#@/4102444800000", "urn:3", "CLOSE"])
        {
            using HttpResponseMessage none = await site.Client.GetAsync($"{HubSite.Hub}/messages/?id={Uri.EscapeDataString(id)}", TestContext.Current.CancellationToken);
            Assert.Equal((id, 404), (id, (int)none.StatusCode));
        }
    }

    [Fact]
    public async Task An_id_that_comes_again_is_the_same_message()
    {
        using var site = new HubSite();
        await using EventReader reader = await site.Listen("topic=a");
        Assert.Equal("urn:1", await site.Publish("a", "1", "&id=urn:1"));
        Assert.Equal("urn:1", await site.Publish("a", "1", "&id=urn:1"));
        await site.Publish("a", "2");

        Assert.Equal(["1", "2"], await reader.Data(2));
    }

    [Fact]
    public async Task A_cookie_is_a_token_only_for_pages_that_may_use_the_hub()
    {
        using var site = new HubSite("LiveAllowOrigin https://app.test");
        string refusal = "";
        async Task<int> Post(string? origin)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, HubSite.Hub) { Content = Form("topic=a") };
            request.Headers.Add("Cookie", $"x=1; mercureAuthorization={HubSite.Publisher()}");
            if (origin is not null)
            {
                request.Headers.Add("Origin", origin);
            }

            using HttpResponseMessage response = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
            refusal = response.Headers.TryGetValues("Live-Refusal", out IEnumerable<string>? values) ? values.Single() : "";
            return (int)response.StatusCode;
        }

        Assert.Equal(200, await Post("https://app.test"));
        Assert.Equal("", refusal);
        Assert.Equal(200, await Post($"http://127.0.0.1:{site.Port}"));
        Assert.Equal(403, await Post("https://evil.test"));
        Assert.Equal("403", refusal);
        Assert.Equal(403, await Post("null"));
        Assert.Equal(403, await Post(null));
    }

    [Fact]
    public async Task That_every_page_may_listen_lets_none_use_a_cookie()
    {
        using var site = new HubSite("LiveAllowOrigin *");
        var request = new HttpRequestMessage(HttpMethod.Post, HubSite.Hub) { Content = Form("topic=a") };
        request.Headers.Add("Cookie", $"mercureAuthorization={HubSite.Publisher()}");
        request.Headers.Add("Origin", "https://evil.test");

        using HttpResponseMessage response = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(403, (int)response.StatusCode);
    }

    [Fact]
    public async Task Other_media_types_and_methods_are_refused()
    {
        using var site = new HubSite();
        var json = new HttpRequestMessage(HttpMethod.Post, HubSite.Hub) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        json.Headers.Authorization = new AuthenticationHeaderValue("Bearer", HubSite.Publisher());
        using HttpResponseMessage type = await site.Client.SendAsync(json, TestContext.Current.CancellationToken);
        using HttpResponseMessage method = await site.Send(HttpMethod.Delete, HubSite.Hub);
        using HttpResponseMessage path = await site.Send(HttpMethod.Get, HubSite.Hub + "/what");

        Assert.Equal([HttpStatusCode.UnsupportedMediaType, HttpStatusCode.MethodNotAllowed, HttpStatusCode.NotFound], new[] { type, method, path }.Select(response => response.StatusCode));
    }

    [Theory]
    [InlineData("https://app.test", "https://app.test", "true")]
    [InlineData("https://other.test", null, null)]
    public async Task Pages_of_named_origins_may_read_what_the_hub_says(string origin, string? allowed, string? credentials)
    {
        using var site = new HubSite("LiveAnonymous On\nLiveAllowOrigin https://app.test");
        var request = new HttpRequestMessage(HttpMethod.Options, HubSite.Hub);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using HttpResponseMessage response = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(204, (int)response.StatusCode);
        Assert.Equal(allowed, response.Headers.TryGetValues("Access-Control-Allow-Origin", out IEnumerable<string>? values) ? values.Single() : null);
        Assert.Equal(credentials, response.Headers.TryGetValues("Access-Control-Allow-Credentials", out values) ? values.Single() : null);
        Assert.Contains("Origin", response.Headers.Vary);
    }

    // docs/live.md, "Origins". All else that is said to such a page stays hidden from it.
    [Theory]
    [InlineData("", "https://app.test", "403 403")]
    [InlineData("", "null", "403 403")]
    [InlineData("", null, "204 ")]
    [InlineData("LiveAllowOrigin https://app.test", "https://app.test", "204 ")]
    [InlineData("LiveAllowOrigin https://app.test", "https://other.test", "403 403")]
    [InlineData("LiveAllowOrigin *", "https://other.test", "204 ")]
    [InlineData("CorsOrigin https://app.test", "https://app.test", "204 ")]
    [InlineData("CorsOrigin https://app.test", "https://other.test", "403 403")]
    public async Task Every_page_may_read_whether_its_origin_is_allowed_and_no_more(string conf, string? origin, string expected)
    {
        using var site = new HubSite($"LiveAnonymous Off\n{conf}");
        async Task<HttpResponseMessage> Ask(HttpMethod method, string path)
        {
            var request = new HttpRequestMessage(method, HubSite.Hub + path);
            request.Headers.Add("Cookie", $"mercureAuthorization={HubSite.Publisher()}");
            if (origin is not null)
            {
                request.Headers.Add("Origin", origin);
            }

            return await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
        }

        static string Value(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(", ", values) : "";
        using HttpResponseMessage answer = await Ask(HttpMethod.Get, "/origin");
        Assert.Equal(expected, $"{(int)answer.StatusCode} {Value(answer, "Live-Refusal")}");
        Assert.Equal(("*", "Live-Refusal", ""), (Value(answer, "Access-Control-Allow-Origin"), Value(answer, "Access-Control-Expose-Headers"), Value(answer, "Access-Control-Allow-Credentials")));
        Assert.Contains("Origin", answer.Headers.Vary);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        if (expected != "204 ")
        {
            foreach ((HttpMethod method, string path) in ((HttpMethod, string)[])[(HttpMethod.Get, "?topic=a&since=earliest"), (HttpMethod.Post, ""), (HttpMethod.Options, ""), (HttpMethod.Post, "/origin"), (HttpMethod.Options, "/origin"), (HttpMethod.Get, "/client.js")])
            {
                using HttpResponseMessage hidden = await Ask(method, path);
                Assert.Equal("", Value(hidden, "Access-Control-Allow-Origin"));
            }
        }
    }

    private static StringContent Form(string text) => new(text, Encoding.UTF8, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));

    private static Task<HttpResponseMessage> Bytes(HubSite site, string query, byte[] content, string? token = null, string type = "application/octet-stream")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{HubSite.Hub}?{query}") { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? HubSite.Publisher());
        return site.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
