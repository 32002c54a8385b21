using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Roundtrip.Site.Tests.LiveHub;

/// <summary>A client of roundtrip.live.v1 over .NET's own WebSocket.</summary>
internal sealed class LiveClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[4 * 1024 * 1024];

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public string? Subprotocol => _socket.SubProtocol;

    /// <summary>Connects, and takes the welcome.</summary>
    /// <param name="over">Whose HTTP/2 connection it is to share; null for a connection of its own.</param>
    public static async Task<LiveClient> Connect(HubSite site, string query = "", string? token = null, string? origin = null, bool deflates = false, HttpClient? over = null)
    {
        var client = new LiveClient();
        client._socket.Options.AddSubProtocol("roundtrip.live.v1");
        if (deflates)
        {
            client._socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        }

        if (token is not null)
        {
            client._socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        }

        if (origin is not null)
        {
            client._socket.Options.SetRequestHeader("Origin", origin);
        }

        if (over is not null)
        {
            (client._socket.Options.HttpVersion, client._socket.Options.HttpVersionPolicy) = (System.Net.HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        }

        await client._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{site.Port}/{HubSite.Hub}?{query}"), over, TestContext.Current.CancellationToken);
        Assert.Equal("welcome", (await client.Next()).GetProperty("op").GetString());
        return client;
    }

    public Task Say(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    public Task SayBytes(string head, byte[] content)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, head.Length);
        return _socket.SendAsync((byte[])[.. length, .. Encoding.UTF8.GetBytes(head), .. content], WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);
    }

    /// <summary>Subscribes, and takes the answer.</summary>
    public async Task<JsonElement> Subscribe(int number, string topics, string? since = null)
    {
        await Say($$"""{"op":"subscribe","sub":{{number}},"topics":[{{topics}}]{{(since is null ? "" : $",\"since\":\"{since}\"")}}}""");
        return await Next();
    }

    /// <summary>The next message; for a binary one its head, with the content in <see cref="Content"/>. Throws when the socket closes.</summary>
    public async Task<JsonElement> Next()
    {
        (WebSocketMessageType type, int length) = await Receive();
        if (type == WebSocketMessageType.Close)
        {
            throw new EndOfStreamException($"closed: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
        }

        ReadOnlyMemory<byte> text = _buffer.AsMemory(0, length);
        if (type == WebSocketMessageType.Binary)
        {
            int head = BinaryPrimitives.ReadInt32BigEndian(text.Span);
            Content = text[(4 + head)..].ToArray();
            text = text.Slice(4, head);
        }

        return JsonDocument.Parse(text.ToArray()).RootElement;
    }

    public byte[] Content { get; private set; } = [];

    public async Task<string[]> Data(int count)
    {
        string[] data = new string[count];
        for (int i = 0; i < count; i++)
        {
            data[i] = (await Next()).GetProperty("data").GetString()!;
        }

        return data;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<(WebSocketMessageType Type, int Length)> Receive()
    {
        int length = 0;
        while (true)
        {
            WebSocketReceiveResult read = await _socket.ReceiveAsync(new ArraySegment<byte>(_buffer, length, _buffer.Length - length), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            length += read.Count;
            if (read.EndOfMessage)
            {
                return (read.MessageType, length);
            }
        }
    }
}
