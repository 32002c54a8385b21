namespace Roundtrip.Stores.Redis;

/// <summary>How long to wait before a server is tried again: twice as long each time, and by chance less, so that not all come at once.</summary>
internal sealed class Backoff
{
    private const int First = 50;
    private const int Most = 2000;

    private int _next = First;

    /// <summary>Milliseconds to wait now.</summary>
    public int Next()
    {
        int now = _next;
        _next = Math.Min(2 * now, Most);
        return (now / 2) + Random.Shared.Next((now / 2) + 1);
    }

    /// <summary>It has answered.</summary>
    public void Reset() => _next = First;
}
