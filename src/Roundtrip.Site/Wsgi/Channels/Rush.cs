namespace Roundtrip.Site.Wsgi.Channels;

/// <summary>
/// Whether a loop's requests for a pool come one upon the other: another came less than a millisecond ago or so, and is not answered. Then a worker's thread that is woken had better not interrupt
/// the loop, which has more to give out; a request that comes alone, also beside one that takes long, is to have the processor at once.
/// </summary>
internal struct Rush
{
    // The loop's clock has whole milliseconds.
    private const long Closely = 1;

    private long _lastBegan;
    private int _inHand;

    /// <summary>A request comes.</summary>
    /// <param name="now">The loop's time in milliseconds.</param>
    /// <returns>Whether it is one of many.</returns>
    public bool Begin(long now)
    {
        bool isOneOfMany = _inHand > 0 && now - _lastBegan <= Closely;
        _lastBegan = now;
        _inHand++;
        return isOneOfMany;
    }

    /// <summary>One is over.</summary>
    public void End() => _inHand--;
}
