using Roundtrip.Trace.Probes;

namespace Roundtrip.Trace;

/// <summary>
/// How far away the path's end is. The first probe goes as far as it may, and its answer tells about where the end must be; what answers with its time exceeded is nearer, and what the
/// end answers is no nearer than the end.
/// </summary>
internal sealed class Distance(TraceOptions options)
{
    /// <summary>So many hops are asked for before anything is known.</summary>
    public const int FirstWindow = 4;

    private int _window = FirstWindow;
    private int _guess;
    private bool _hasFarAnswered;

    /// <summary>The farthest router that has answered or been passed over.</summary>
    public int Passed { get; private set; } = options.FirstTimeToLive - 1;

    /// <summary>The farthest that has said its time was exceeded; 0 before any.</summary>
    public int Farthest { get; private set; }

    /// <summary>The nearest TTL with which the end was reached; null before it was.</summary>
    public int? End { get; private set; }

    /// <summary>Where the end is, or must be by all that is known.</summary>
    public int? LikelyEnd => End ?? (_guess > Passed ? _guess : null);

    /// <summary>The last hop of which one probe may be sent: it costs the end little if it is nearer.</summary>
    public int Reach => Math.Min(LikelyEnd ?? Passed + _window, options.MaximumTimeToLive);

    /// <summary>The last hop of which all probes may be sent: up to here there are routers, or the end is at it.</summary>
    public int Sure => Math.Min(LikelyEnd ?? Passed, options.MaximumTimeToLive);

    /// <summary>Whether it pays to ask for the end with the first probe.</summary>
    public bool AsksFar => options.MaximumTimeToLive > options.FirstTimeToLive + FirstWindow;

    /// <summary>Whether somebody at least as far has answered.</summary>
    public bool HasAnsweredBeyond(int timeToLive) => timeToLive <= Farthest || End is not null || _hasFarAnswered;

    /// <param name="isFar">Whether this probe was to ask for the end from afar: its TTL says nothing of the distance.</param>
    public void Note(SentProbe probe, bool isFar)
    {
        Answer answer = probe.Answer!.Value;
        int timeToLive = probe.Probe.TimeToLive;
        _hasFarAnswered |= isFar;
        if (answer.Kind == AnswerKind.TimeExceeded)
        {
            // There is no end within reach, or a circle: that is found out step by step.
            Farthest = isFar ? Farthest : Math.Max(Farthest, timeToLive);
            Passed = Math.Max(Passed, Farthest);
            return;
        }

        _guess = isFar ? Guess(timeToLive, answer) : _guess;
        if (isFar && _guess < timeToLive)
        {
            return;
        }

        SetEnd(timeToLive);
    }

    /// <summary>The end is at this hop, whoever says so.</summary>
    public void SetEnd(int timeToLive) => End = Math.Min(End ?? timeToLive, timeToLive);

    /// <summary>A hop has not answered for as long as others take.</summary>
    public void PassOver(int timeToLive)
    {
        if (timeToLive > Passed)
        {
            Passed = timeToLive;

            // Behind a silent stretch more silence is likely: the whole of it shall not cost a wait for each few hops.
            _window = timeToLive > Farthest + _window ? Math.Min(_window * 2, options.MaximumTimeToLive) : _window;
        }
    }

    private static int Guess(int timeToLive, in Answer answer)
    {
        // The end quotes the TTL that the probe had left when it came: each router before it has taken one.
        if (answer.QuotedTimeToLive is > 0 and byte left && left <= timeToLive)
        {
            return timeToLive - left + 1;
        }

        // Systems begin with 64, 128 or 255; the way back is about as long as the way there.
        return answer.TimeToLive switch
        {
            0 => 0,
            <= 64 => 64 - answer.TimeToLive + 1,
            <= 128 => 128 - answer.TimeToLive + 1,
            _ => 255 - answer.TimeToLive + 1,
        };
    }
}
