using Roundtrip.Core;

namespace Roundtrip.Http.Companions;

/// <summary>A visit that is to be counted, while what the client fetches may still belong to it.</summary>
internal sealed class PendingVisit(byte[] page, PeerAddress client, long until)
{
    public byte[] Page => page;

    public PeerAddress Client => client;

    /// <summary>When it is over.</summary>
    public long Until => until;

    /// <summary>Whether the page was no page after all: it says nothing then.</summary>
    public bool HasFailed { get; set; }

    public List<Companion> Seen { get; } = [];

    /// <summary>Whether what has that Referer belongs to the visit: the page itself asks for it, or what the page asked for does, such as a style sheet for its fonts.</summary>
    public bool Covers(ReadOnlySpan<byte> referer)
    {
        if (referer.SequenceEqual(page))
        {
            return true;
        }

        foreach (Companion seen in Seen)
        {
            if (referer.SequenceEqual(seen.Path))
            {
                return true;
            }
        }

        return false;
    }

    public void Add(ReadOnlySpan<byte> path, CompanionKind kind, bool isCors)
    {
        foreach (Companion seen in Seen)
        {
            if (seen.Is(path, kind, isCors))
            {
                return;
            }
        }

        if (Seen.Count < CompanionModel.MaximumCompanions)
        {
            Seen.Add(new Companion(path.ToArray(), kind, isCors));
        }
    }
}
