namespace Roundtrip.Live.Log;

/// <summary>What a message looks like on the wire of each carrier, made once. Thread-safe.</summary>
public sealed class EncodedForms
{
    /// <summary>How many forms there may be.</summary>
    public const int Count = 4;

    /// <summary>An event of text/event-stream.</summary>
    public const int ServerSentEvent = 0;

    /// <summary>A JSON object, as polling answers and the text form of WebSocket have it.</summary>
    public const int Json = 1;

    /// <summary>A whole WebSocket frame.</summary>
    public const int WebSocketFrame = 2;

    /// <summary>A whole WebSocket frame, deflated without context takeover.</summary>
    public const int DeflatedFrame = 3;

    private readonly byte[]?[] _forms = new byte[]?[Count];

    internal ReadOnlyMemory<byte> Get(int form, LiveMessage message, Func<LiveMessage, ReadOnlyMemory<byte>> encode)
    {
        byte[]? made = Volatile.Read(ref _forms[form]);
        if (made is null)
        {
            made = encode(message).ToArray();
            made = Interlocked.CompareExchange(ref _forms[form], made, null) ?? made;
        }

        return made;
    }
}
