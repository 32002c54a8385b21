namespace Roundtrip.Live.Log;

/// <summary>A message in its place in the log. It never changes, so that loops share it.</summary>
public sealed class LiveMessage
{
    private readonly LiveDraft _draft;
    private readonly EncodedForms _forms = new();

    /// <param name="at">When it was stored, in milliseconds of the hub's clock.</param>
    public LiveMessage(LiveDraft draft, LivePosition position, long at)
    {
        (_draft, Position, At) = (draft, position, at);
        Id = draft.Id ?? position.ToString();
        Size = 256 + Data.Length + (2 * (Id.Length + Type.Length + Key.Length + Topics.Sum(topic => topic.Length)));
    }

    /// <summary>What the publisher said.</summary>
    public LiveDraft Draft => _draft;

    public LivePosition Position { get; }

    public long Offset => Position.Offset;

    /// <summary>When it was stored, in milliseconds of the hub's clock.</summary>
    public long At { get; }

    /// <summary>By what subscribers know it: the publisher's name for it, or its position.</summary>
    public string Id { get; }

    public IReadOnlyList<string> Topics => _draft.Topics;

    public ReadOnlyMemory<byte> Data => _draft.Data;

    public bool IsBinary => _draft.IsBinary;

    public bool IsPrivate => _draft.IsPrivate;

    public string Type => _draft.Type;

    public long? Retry => _draft.Retry;

    public string Key => _draft.Key;

    public bool IsClose => _draft.IsClose;

    /// <summary>Whether the publisher named it.</summary>
    public bool HasOwnId => _draft.Id is not null;

    /// <summary>About how many bytes of memory it takes, for the limit of a history.</summary>
    public int Size { get; }

    /// <summary>What it looks like to a carrier: made by the first who asks, then the same for every subscriber of every loop.</summary>
    /// <param name="form">Which: <see cref="EncodedForms"/>.</param>
    /// <param name="make">Makes it. May be called twice where two loops ask at once; one result is kept.</param>
    public T Form<T>(int form, Func<LiveMessage, T> make)
        where T : class => _forms.Get(form, this, make);
}
