using Roundtrip.Core;

namespace Roundtrip.Http.Companions;

/// <summary>
/// Learns what clients fetch right after each page of one host, to tell the next ones beforehand. Pure: the time is an argument, nothing is drawn by chance, and all that it keeps is bounded.
/// <list type="bullet">
/// <item>A client has one voice for a page: what it fetched within <see cref="VisitLasts"/> of its first visit to the host in <see cref="ClientRests"/>. Later visits say nothing, since a cache answers for them.</item>
/// <item>A companion is hinted that at least <see cref="LeastVoices"/> of the last <see cref="Voices"/> clients fetched, and three in four of them.</item>
/// <item>A hint is fetched because it was hinted, whether or not the page uses it, so a visit that had hints says nothing. Of the first visits to a page that has hints one in
/// <see cref="ControlEvery"/> gets none, and counts.</item>
/// </list>
/// A companion that the page has no more is not hinted after <see cref="WrongVisits"/> first visits at most: of eight voices that all have it, six are three in four, and the third control leaves five.
/// </summary>
public sealed class CompanionModel
{
    /// <summary>How many clients have a voice for a page.</summary>
    public const int Voices = 8;

    /// <summary>How many different clients must have fetched a companion.</summary>
    public const int LeastVoices = 3;

    /// <summary>Of so many first visits to a page that has hints one gets none.</summary>
    public const int ControlEvery = 4;

    /// <summary>The most first visits, of clients that had no voice for the page, until what is wrong is hinted no more; the last counts when it is over.</summary>
    public const int WrongVisits = 3 * ControlEvery;

    /// <summary>How many companions a page has at most.</summary>
    public const int MaximumCompanions = 16;

    /// <summary>How many pages have voices; the one whose last voice is the oldest makes way.</summary>
    public const int MaximumPages = 256;

    /// <summary>How many visits are under way; of more nothing is learnt.</summary>
    public const int MaximumPending = 64;

    /// <summary>How many clients are remembered.</summary>
    public const int MaximumClients = 4096;

    /// <summary>The longest path that is learnt, of a page or a companion, in bytes.</summary>
    public const int LongestPath = 256;

    /// <summary>Milliseconds from the request for a page in which a fetch belongs to it.</summary>
    public const long VisitLasts = 10_000;

    /// <summary>Milliseconds in which a client counts once.</summary>
    public const long ClientRests = 24L * 60 * 60 * 1000;

    /// <summary>Milliseconds after which a voice is heard no more.</summary>
    public const long VoiceLasts = 7 * ClientRests;

    private static readonly IReadOnlyList<Companion> None = [];

    private readonly Dictionary<byte[], PageVoices> _pages = new(BytesComparer.Instance);
    private readonly Dictionary<PeerAddress, PendingVisit> _pending = [];
    private readonly Queue<PendingVisit> _order = new();
    private readonly FirstVisits _clients = new();

    internal int PageCount => _pages.Count;

    internal int PendingCount => _pending.Count;

    internal int ClientCount => _clients.Count;

    /// <summary>A client asks for a page.</summary>
    /// <param name="page">Its path.</param>
    /// <param name="client">Where it comes from; of one client's visits the first counts.</param>
    /// <param name="now">Monotonic milliseconds, in all calls.</param>
    /// <returns>What it is to be told; empty where nothing is known, or this visit is a control.</returns>
    public IReadOnlyList<Companion> Visit(ReadOnlySpan<byte> page, PeerAddress client, long now)
    {
        EndVisits(now);
        if (page.Length > LongestPath)
        {
            return None;
        }

        PageVoices? voices = _pages.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(page, out PageVoices? known) ? known : null;
        IReadOnlyList<Companion> hints = voices?.Hints(now) ?? None;
        if (_pending.Count >= MaximumPending || _pending.ContainsKey(client) || !_clients.TryAdd(client, now) || (hints.Count > 0 && !voices!.TakesControl()))
        {
            return hints;
        }

        var visit = new PendingVisit(page.ToArray(), client, now + VisitLasts);
        _pending[client] = visit;
        _order.Enqueue(visit);
        return None;
    }

    /// <summary>Whether anything is to be learnt from what a client fetches.</summary>
    /// <param name="referer">The path of the fetch's Referer: of the page, or of something that was fetched for it.</param>
    public bool IsVisiting(PeerAddress client, ReadOnlySpan<byte> referer, long now) =>
        _pending.TryGetValue(client, out PendingVisit? visit) && now < visit.Until && visit.Covers(referer);

    /// <summary>A client fetched something.</summary>
    /// <inheritdoc cref="IsVisiting"/>
    public void Fetched(ReadOnlySpan<byte> referer, PeerAddress client, ReadOnlySpan<byte> path, CompanionKind kind, bool isCors, long now)
    {
        if (path.Length <= LongestPath && IsVisiting(client, referer, now))
        {
            _pending[client].Add(path, kind, isCors);
        }
    }

    /// <summary>The page that a client visits was answered with something else than the page: the visit says nothing.</summary>
    public void Failed(ReadOnlySpan<byte> page, PeerAddress client)
    {
        if (_pending.TryGetValue(client, out PendingVisit? visit) && page.SequenceEqual(visit.Page))
        {
            visit.HasFailed = true;
        }
    }

    /// <summary>Gives the visits whose time is over their voices.</summary>
    public void EndVisits(long now)
    {
        while (_order.TryPeek(out PendingVisit? visit) && now >= visit.Until)
        {
            _order.Dequeue();
            _pending.Remove(visit.Client);
            if (!visit.HasFailed && VoicesOf(visit) is { } voices)
            {
                voices.Add(visit.Client, visit.Seen, now);
            }
        }
    }

    // A page that needs nothing takes nobody's place.
    private PageVoices? VoicesOf(PendingVisit visit)
    {
        if (_pages.TryGetValue(visit.Page, out PageVoices? known) || visit.Seen.Count == 0)
        {
            return known;
        }

        if (_pages.Count >= MaximumPages)
        {
            _pages.Remove(_pages.MinBy(static each => each.Value.ChangedAt).Key);
        }

        return _pages[visit.Page] = new PageVoices();
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly BytesComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        // Seeded for each process: nobody makes paths that collide.
        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
