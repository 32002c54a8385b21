namespace Roundtrip.Http.WebSocket.Deflate;

/// <summary>How far inflating came.</summary>
internal enum InflateStatus : byte
{
    /// <summary>All that was given is taken.</summary>
    NeedsMore,

    /// <summary>The bytes are not what RFC 1951 lets them be, or reach back further than was agreed.</summary>
    Invalid,

    /// <summary>They become more than the limit.</summary>
    TooLong,
}
