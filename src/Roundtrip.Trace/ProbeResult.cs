using Roundtrip.Trace.Probes;

namespace Roundtrip.Trace;

/// <summary>What has become of a probe.</summary>
/// <param name="SentAt">In nanoseconds.</param>
/// <param name="Answer">What came back; null while nothing has.</param>
public readonly record struct ProbeResult(Probe Probe, long SentAt, Answer? Answer)
{
    /// <summary>In nanoseconds; of what was answered. The kernel stamps answers by another clock than ours, so one may seem to come before its probe.</summary>
    public long RoundTrip => Math.Max(0, Answer!.Value.At - SentAt);
}
