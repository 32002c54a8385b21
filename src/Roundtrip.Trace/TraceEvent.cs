namespace Roundtrip.Trace;

/// <param name="TimeToLive">The hop's; 0 for <see cref="TraceEventKind.Ended"/>.</param>
public readonly record struct TraceEvent(TraceEventKind Kind, int TimeToLive);
