namespace Roundtrip.Http.Http1;

/// <summary>What <see cref="LineScanner.Next"/> found.</summary>
internal enum LineStatus : byte
{
    /// <summary>The line's end has not come.</summary>
    Incomplete,

    /// <summary>A line that ends in CRLF and has no control character but HTAB.</summary>
    Complete,

    TooLong,
    BareLineFeed,
    BareCarriageReturn,
    ControlCharacter,
}
