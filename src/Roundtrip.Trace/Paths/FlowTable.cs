namespace Roundtrip.Trace.Paths;

/// <summary>All that is known: which flow was seen where.</summary>
internal sealed class FlowTable
{
    private readonly TraceOptions _options;
    private readonly FlowHop[] _hops;
    private readonly Dictionary<ushort, int> _lengths = [];

    public FlowTable(TraceOptions options)
    {
        _options = options;
        _hops = [.. Enumerable.Range(0, options.MaximumTimeToLive + 1).Select(timeToLive => new FlowHop(timeToLive))];
    }

    /// <summary>The last hop at which flows are looked for.</summary>
    public int Last { get; private set; }

    /// <summary>Those hops, from the first that was asked for.</summary>
    public ReadOnlySpan<FlowHop> Hops => Last < _options.FirstTimeToLive ? [] : _hops.AsSpan(_options.FirstTimeToLive..(Last + 1));

    /// <summary>Every hop that may be asked, also those that nobody was looked for yet.</summary>
    public ReadOnlySpan<FlowHop> All => _hops.AsSpan(_options.FirstTimeToLive..);

    public FlowHop At(int timeToLive) => _hops[timeToLive];

    /// <summary>Notes a flow's end, which may be nearer on one path than on another.</summary>
    public void NoteEnd(ushort flow, int timeToLive)
    {
        _lengths[flow] = Math.Min(_lengths.GetValueOrDefault(flow, int.MaxValue), timeToLive);
        foreach (FlowHop beyond in _hops.AsSpan(_lengths[flow] + 1))
        {
            beyond.Forget(flow);
        }
    }

    /// <summary>Whether a flow's path has ended at this hop or before it.</summary>
    public bool EndsAt(ushort flow, int timeToLive) => _lengths.TryGetValue(flow, out int end) && end <= timeToLive;

    /// <summary>Whether a flow may be looked for at a hop: its path has not ended, and where others end it is known to go on.</summary>
    public bool Reaches(ushort flow, int timeToLive, int nearestEnd) =>
        !EndsAt(flow, timeToLive - 1) && (timeToLive <= nearestEnd || At(timeToLive - 1).Find(flow) is { Answered.IsEnd: false });

    /// <summary>Sets how far flows are looked for: to the end, and beyond it where some path is longer.</summary>
    public void Extend(int end, bool mayBeLonger)
    {
        Last = Math.Min(end, _options.MaximumTimeToLive);
        while (mayBeLonger && Last >= _options.FirstTimeToLive && Last < _options.MaximumTimeToLive && _hops[Last].Sightings.Any(sighting => sighting.Answered is { IsEnd: false }))
        {
            Last++;
        }
    }
}
