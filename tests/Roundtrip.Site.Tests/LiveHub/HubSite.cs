using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Stores;

namespace Roundtrip.Site.Tests.LiveHub;

/// <summary>A real server with a hub, and tokens for it.</summary>
internal sealed class HubSite : ServedSite
{
    private readonly SiteServices _services;

    /// <param name="conf">What is said beside LiveHub and the keys.</param>
    public HubSite(string conf = "LiveAnonymous On", int loops = 2)
        : this(conf, loops, new SiteServices { LiveStores = new LiveStores() })
    {
    }

    private HubSite(string conf, int loops, SiteServices services)
        : base(static _ => { }, $"LiveHub\nLivePublisherKey HS256 {PublisherSecret}\nLiveSubscriberKey HS256 {SubscriberSecret}\n{conf}", services, loops) => _services = services;

    public const string Hub = ".well-known/mercure";
    public const string PublisherSecret = "a-secret-of-publishers-that-is-long";
    public const string SubscriberSecret = "a-secret-of-subscribers-that-is-long";

    public static string Token(string secret, string mercure, long? expires = null) =>
        Sign(secret, "{\"mercure\":" + mercure + (expires is { } at ? $",\"exp\":{at}" : "") + "}");

    public static string Publisher(string topics = "\"*\"") => Token(PublisherSecret, $$"""{"publish":[{{topics}}]}""");

    public static string Subscriber(string topics = "\"*\"", long? expires = null) =>
        Token(SubscriberSecret, "{\"subscribe\":[" + topics + "],\"payload\":{\"user\":\"ada\"}}", expires);

    /// <summary>Publishes a form, and gives the response.</summary>
    public async Task<HttpResponseMessage> Post(string form, string? token = null, Version? version = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Hub)
        {
            Content = new StringContent(form, Encoding.UTF8, new MediaTypeHeaderValue("application/x-www-form-urlencoded")),
            Version = version ?? System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Publisher());
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Publishes, and gives the id.</summary>
    public async Task<string> Publish(string topic, string data, string more = "")
    {
        using HttpResponseMessage response = await Post($"topic={Uri.EscapeDataString(topic)}&data={Uri.EscapeDataString(data)}{more}");
        Assert.Equal(200, (int)response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Opens an event stream.</summary>
    public async Task<EventReader> Listen(string query, string? lastId = null, string? token = null, Version? version = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"{Hub}?{query}") { Version = version ?? System.Net.HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId);
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        HttpResponseMessage response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return new EventReader(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    protected override void ServerEnded() => _services.End();

    private static string Sign(string secret, string claims)
    {
        string content = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8) + "." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims));
        return content + "." + Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(content)));
    }
}
