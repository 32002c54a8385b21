using System.Globalization;

namespace Roundtrip.Live.Log;

/// <summary>
/// A place in a hub's log: which log it is, and how many messages are before it. Its text, <c>#EPOCH/OFFSET</c>, is a message's id where the publisher gave none (Mercure, "Publication": an id
/// of the hub's own may be a fragment, and no publisher's begins with #).
/// </summary>
/// <param name="Epoch">Names the log. A store that may have lost messages begins a new one, so that no offset is ever given twice within an epoch.</param>
/// <param name="Offset">0 for the epoch's first message.</param>
public readonly record struct LivePosition(string Epoch, long Offset)
{
    // No epoch has this name: it would be base64url.
    private const string TimeEpoch = "@";

    /// <summary>Not a place but a time, which stands for all that was stored before it: what a log that is not known yet gives a client to come again with.</summary>
    /// <param name="at">Milliseconds since 1970.</param>
    public static LivePosition OfTime(long at) => new(TimeEpoch, at);

    /// <summary>Whether it is a time (<see cref="OfTime"/>): then <see cref="Offset"/> is milliseconds since 1970.</summary>
    public bool IsTime => Epoch == TimeEpoch;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"#{Epoch}/{Offset}");

    /// <summary>Reads what <see cref="ToString"/> writes, and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out LivePosition position)
    {
        position = default;
        int slash = text.LastIndexOf('/');
        if (slash < 2 || text[0] != '#' || !long.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
        {
            return false;
        }

        position = new LivePosition(text[1..slash].ToString(), offset);
        return true;
    }
}
