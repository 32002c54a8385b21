using System.Numerics;
using Roundtrip.Core;

namespace Roundtrip.Http.Companions;

/// <summary>What the last visits that counted say of one page's companions: a voice for each client, a bit of each companion for each voice.</summary>
internal sealed class PageVoices
{
    private readonly (PeerAddress Client, long At, bool IsThere)[] _voices = new (PeerAddress, long, bool)[CompanionModel.Voices];
    private readonly List<(Companion Companion, uint Seen)> _companions = [];
    private int _next;
    private int _turn;

    /// <summary>When the last voice was added.</summary>
    public long ChangedAt { get; private set; }

    /// <summary>Whether the next first visit, of those while there are hints, is one that gets none.</summary>
    public bool TakesControl() => ++_turn % CompanionModel.ControlEvery == 0;

    /// <summary>What enough of the voices that are not too old agree on.</summary>
    public List<Companion> Hints(long now)
    {
        uint valid = 0;
        for (int i = 0; i < _voices.Length; i++)
        {
            valid |= _voices[i].IsThere && now - _voices[i].At <= CompanionModel.VoiceLasts ? 1u << i : 0;
        }

        int voices = BitOperations.PopCount(valid);
        List<Companion> hints = [];
        foreach ((Companion companion, uint seen) in _companions)
        {
            int count = BitOperations.PopCount(seen & valid);
            if (count >= CompanionModel.LeastVoices && count * 4 >= voices * 3)
            {
                hints.Add(companion);
            }
        }

        return hints;
    }

    /// <summary>Adds a voice: in the place of the same client's former one, of an empty one, or of the oldest.</summary>
    public void Add(PeerAddress client, IReadOnlyList<Companion> seen, long now)
    {
        int place = Array.FindIndex(_voices, voice => voice.IsThere && voice.Client == client);
        if (place < 0)
        {
            place = _next;
            _next = (_next + 1) % _voices.Length;
        }

        _voices[place] = (client, now, true);
        ChangedAt = now;
        uint bit = 1u << place;
        for (int i = 0; i < _companions.Count; i++)
        {
            _companions[i] = _companions[i] with { Seen = _companions[i].Seen & ~bit };
        }

        // Those of this voice first: one that is there keeps its place, and only what no other voice has makes room.
        _companions.RemoveAll(each => each.Seen == 0 && !seen.Contains(each.Companion, SameCompanion.Instance));
        foreach (Companion companion in seen)
        {
            int known = _companions.FindIndex(each => SameCompanion.Instance.Equals(each.Companion, companion));
            if (known >= 0)
            {
                _companions[known] = _companions[known] with { Seen = _companions[known].Seen | bit };
            }
            else if (TryMakeRoom(bit))
            {
                _companions.Add((companion, bit));
            }
        }
    }

    // What one voice alone has named, and not this one, makes way: junk from one client keeps nobody's companions out.
    private bool TryMakeRoom(uint bit)
    {
        if (_companions.Count < CompanionModel.MaximumCompanions)
        {
            return true;
        }

        int weak = _companions.FindIndex(each => (each.Seen & bit) == 0 && BitOperations.PopCount(each.Seen) <= 1);
        if (weak >= 0)
        {
            _companions.RemoveAt(weak);
        }

        return weak >= 0;
    }

    private sealed class SameCompanion : IEqualityComparer<Companion>
    {
        public static readonly SameCompanion Instance = new();

        public bool Equals(Companion? x, Companion? y) => x is not null && y is not null && x.Is(y.Path, y.Kind, y.IsCors);

        public int GetHashCode(Companion obj) => obj.Path.Length;
    }
}
