using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;
namespace Roundtrip.Http.Http2.Priority;
public sealed class ScheduledStream { public int StreamId; public object? Owner; public bool Ready; }
public readonly record struct StreamPriority { public static StreamPriority Of(PriorityFields? f, FieldSection s) => default; }
public readonly record struct PriorityField { public static PriorityField Parse(ReadOnlySpan<byte> v) => default; }
public interface IStreamScheduler { ScheduledStream Open(int id, in StreamPriority p, object? owner); void Close(ScheduledStream s); void SetReady(ScheduledStream s, bool r); ScheduledStream? Next(); void Sent(ScheduledStream s, int b); ProtocolError Reprioritize(int id, PriorityFields p); void Update(int id, PriorityField f); }
public sealed class TempScheduler : IStreamScheduler {
  private readonly List<ScheduledStream> _l = [];
  private readonly Stack<ScheduledStream> _f = [];
  public ScheduledStream Open(int id, in StreamPriority p, object? owner) { var s = _f.TryPop(out var x) ? x : new ScheduledStream(); s.StreamId = id; s.Owner = owner; s.Ready = false; return s; }
  public void Close(ScheduledStream s) { SetReady(s, false); s.Owner = null; _f.Push(s); }
  public void SetReady(ScheduledStream s, bool r) { if (s.Ready == r) return; s.Ready = r; if (r) _l.Add(s); else _l.Remove(s); }
  public ScheduledStream? Next() => _l.Count == 0 ? null : _l[0];
  public void Sent(ScheduledStream s, int b) { if (_l.Remove(s)) _l.Add(s); }
  public ProtocolError Reprioritize(int id, PriorityFields p) => default;
  public void Update(int id, PriorityField f) { }
}
