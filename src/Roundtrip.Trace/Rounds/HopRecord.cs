using Roundtrip.Core;
using Roundtrip.Packets;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Trace.Rounds;

/// <summary>What a hop has answered in all rounds, and what becomes of its latest probes.</summary>
internal sealed class HopRecord
{
    private const int Remembered = 200;
    private const int MostAddresses = 8;

    private readonly List<PeerAddress> _addresses = [];
    private readonly long[] _history = new long[Remembered];
    private Statistics _statistics;
    private int _lost;
    private string _mark = "";
    private IReadOnlyList<MplsLabel> _labels = [];

    public int Sent { get; private set; }

    /// <summary>Who answered last.</summary>
    public PeerAddress? Address => _addresses.Count > 0 ? _addresses[0] : null;

    /// <summary>The part of the probes that was not answered, of those that are not under way; 1 where there are none, of which nothing can be said.</summary>
    public double Unanswered => IsUndecided ? 1 : (double)_lost / (_lost + _statistics.Received);

    private bool IsUndecided => _lost + _statistics.Received == 0;

    public int NoteSent()
    {
        _history[Sent % Remembered] = RoundHop.UnderWay;
        return Sent++;
    }

    public void NoteGivenUp(RoundProbe probe)
    {
        _lost++;
        Remember(probe, RoundHop.Lost);
    }

    public void NoteAnswer(RoundProbe probe)
    {
        // Late, but not lost.
        _lost -= probe.Sent.IsGivenUp ? 1 : 0;
        long roundTrip = probe.Sent.Result.RoundTrip;
        _statistics.Note(roundTrip);
        Remember(probe, roundTrip);

        Answer answer = probe.Sent.Answer!.Value;
        _addresses.Remove(answer.From);
        _addresses.Insert(0, answer.From);
        if (_addresses.Count > MostAddresses)
        {
            _addresses.RemoveAt(MostAddresses);
        }

        _mark = AnswerKinds.Mark(answer.Kind, answer.Code, answer.Mtu);
        _labels = answer.Labels ?? [];
    }

    public RoundHop At(int timeToLive, double loss)
    {
        Statistics statistics = _statistics;
        statistics.NoteLost(_lost);
        int first = Math.Max(0, Sent - Remembered);
        return new RoundHop(timeToLive, [.. _addresses])
        {
            Sent = Sent,
            Statistics = statistics,
            Loss = IsUndecided ? 0 : loss,
            Withheld = Unanswered - loss,
            History = [.. Enumerable.Range(first, Sent - first).Select(order => _history[order % Remembered])],
            Labels = _labels,
            Mark = _mark,
        };
    }

    private void Remember(RoundProbe probe, long what)
    {
        if (probe.Order >= Sent - Remembered)
        {
            _history[probe.Order % Remembered] = what;
        }
    }
}
