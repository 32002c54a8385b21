namespace Roundtrip.Site.Wsgi.Protocol;

/// <summary>Flags of frames. What a bit means depends on the frame.</summary>
internal static class FrameFlags
{
    /// <summary>A request's: its content is all in the frame.</summary>
    public const byte AllHere = 1;

    /// <summary>A request's: failures are shown to the client.</summary>
    public const byte ShowsFailures = 2;

    /// <summary>A request's: it came close upon another.</summary>
    public const byte OneOfMany = 4;

    /// <summary>A request's in an inbox: it is too large for a message, and comes over the channel.</summary>
    public const byte Large = 8;

    /// <summary>Of content either way: there is no more.</summary>
    public const byte Last = 1;

    /// <summary>Of a request's content: it does not come whole.</summary>
    public const byte Broken = 2;

    /// <summary>Of the end: the response is to be cut, so that the client can tell.</summary>
    public const byte Failed = 2;
}
