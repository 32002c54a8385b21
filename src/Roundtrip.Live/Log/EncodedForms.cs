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

    /// <summary>A message of <c>roundtrip.live.v1</c>, whole frames.</summary>
    public const int WebSocket = 2;

    /// <summary>Its place alone, in text/event-stream: what tells a subscriber how far it has come.</summary>
    public const int Place = 3;

    private readonly object?[] _forms = new object?[Count];

    internal T Get<T>(int form, LiveMessage message, Func<LiveMessage, T> make)
        where T : class
    {
        object? made = Volatile.Read(ref _forms[form]);
        if (made is null)
        {
            made = make(message);
            made = Interlocked.CompareExchange(ref _forms[form], made, null) ?? made;
        }

        return (T)made;
    }
}
