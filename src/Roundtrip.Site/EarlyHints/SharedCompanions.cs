using Roundtrip.Core;
using Roundtrip.Http.Companions;

namespace Roundtrip.Site.EarlyHints;

/// <summary>
/// What all loops have learnt of one host's pages: a browser's connections in HTTP/1.1 are several loops', and what one learns all should know. Only navigations, and what a visit under way fetches, take
/// the lock. Thread-safe.
/// </summary>
internal sealed class SharedCompanions
{
    private readonly Lock _lock = new();
    private readonly CompanionModel _model = new();
    private long _ahead;

    /// <inheritdoc cref="CompanionModel.Visit"/>
    public IReadOnlyList<Companion> Visit(ReadOnlySpan<byte> page, PeerAddress client, long now)
    {
        lock (_lock)
        {
            return _model.Visit(page, client, now + _ahead);
        }
    }

    /// <inheritdoc cref="CompanionModel.IsVisiting"/>
    public bool IsVisiting(PeerAddress client, ReadOnlySpan<byte> referer, long now)
    {
        lock (_lock)
        {
            return _model.IsVisiting(client, referer, now + _ahead);
        }
    }

    /// <inheritdoc cref="CompanionModel.Fetched"/>
    public void Fetched(ReadOnlySpan<byte> referer, PeerAddress client, ReadOnlySpan<byte> path, CompanionKind kind, bool isCors, long now)
    {
        lock (_lock)
        {
            _model.Fetched(referer, client, path, kind, isCors, now + _ahead);
        }
    }

    /// <inheritdoc cref="CompanionModel.Failed"/>
    public void Failed(ReadOnlySpan<byte> page, PeerAddress client)
    {
        lock (_lock)
        {
            _model.Failed(page, client);
        }
    }

    /// <summary>A test's way to let time pass for the visits.</summary>
    internal void Advance(long milliseconds)
    {
        lock (_lock)
        {
            _ahead += milliseconds;
        }
    }
}
