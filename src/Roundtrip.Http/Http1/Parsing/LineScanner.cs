namespace Roundtrip.Http.Http1;

/// <summary>
/// Splits a section of a message into lines. It remembers where it stopped, so that each byte is looked at once however few come at a
/// time, and finds the end of a line and the bytes that no line may have in one pass. Offsets count from the section's first byte.
/// </summary>
internal struct LineScanner
{
    private int _scanned;

    /// <summary>Where the line begins that is to be read next.</summary>
    public int Begin { get; private set; }

    /// <summary>Looks for the next line.</summary>
    /// <param name="section">The section's bytes so far: those of earlier calls and what came since.</param>
    /// <param name="limit">The longest that the line may be, without its CRLF.</param>
    /// <param name="line">The line without its CRLF; where the status is not Complete, what of it stands before the fault.</param>
    public LineStatus Next(ReadOnlySpan<byte> section, int limit, out Slice line)
    {
        int found = section[_scanned..].IndexOfAny(FieldRules.ForbiddenInValue);
        int end = found < 0 ? section.Length : _scanned + found;
        line = new Slice(Begin, end - Begin);

        // Before anything else, so that the same bytes are refused for the same reason in whatever pieces they come.
        if (line.Length > limit)
        {
            return LineStatus.TooLong;
        }

        _scanned = end;
        if (found < 0)
        {
            return LineStatus.Incomplete;
        }

        switch (section[end])
        {
            case (byte)'\r' when end + 1 == section.Length:
                return LineStatus.Incomplete;

            case (byte)'\r' when section[end + 1] == (byte)'\n':
                _scanned = Begin = end + 2;
                return LineStatus.Complete;

            // RFC 9112 §2.2: a bare CR makes the element invalid, or is replaced by SP. Invalid: what others replace, they may see differently.
            case (byte)'\r':
                return LineStatus.BareCarriageReturn;

            // Deviates: RFC 9112 §2.2 lets a recipient take a lone LF for a line's end. Two parsers that differ in it can be played off
            // against each other, and no client of today sends one.
            case (byte)'\n':
                return LineStatus.BareLineFeed;

            default:
                return LineStatus.ControlCharacter;
        }
    }

    /// <summary>Says that the first <paramref name="count"/> bytes of the section are gone: offsets count from behind them now.</summary>
    public void Rebase(int count)
    {
        _scanned -= count;
        Begin -= count;
    }
}
