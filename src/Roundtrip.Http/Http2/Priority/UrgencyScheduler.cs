using System.Numerics;
using System.Runtime.CompilerServices;
using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2.Priority;

/// <summary>
/// RFC 9218 section 10: the most urgent ready streams first, always; of those, the ones that are not incremental one after the other in the order of their requests, the
/// others in turn. Each call is O(log n) at most.
/// </summary>
public sealed class UrgencyScheduler : IStreamScheduler
{
    private readonly OpenStreams _streams;
    private readonly PendingPriorities _pending = new();
    private readonly int _maximumStreams;
    private Levels _levels;

    // A bit for each level that has a ready stream, the most urgent lowest.
    private uint _ready;

    /// <param name="maximumStreams">The SETTINGS_MAX_CONCURRENT_STREAMS that the client was told; so many priorities of idle streams are kept at most.</param>
    public UrgencyScheduler(int maximumStreams)
        : this(maximumStreams, new OpenStreams())
    {
    }

    internal UrgencyScheduler(int maximumStreams, OpenStreams streams)
    {
        _maximumStreams = maximumStreams;
        _streams = streams;
    }

    public ScheduledStream Open(int streamId, StreamPriority? priority, object? owner)
    {
        ScheduledStream stream = _streams.Add(streamId, priority, owner);
        Enter(stream);
        return stream;
    }

    public void Close(ScheduledStream stream)
    {
        Leave(stream);
        _streams.Remove(stream);
    }

    public void SetReady(ScheduledStream stream, bool ready)
    {
        if (stream.IsReady != ready)
        {
            stream.IsReady = ready;
            if (ready)
            {
                AddReady(stream);
            }
            else
            {
                RemoveReady(stream);
            }
        }
    }

    public ScheduledStream? Next() => _ready == 0 ? null : _levels[BitOperations.TrailingZeroCount(_ready)].Next;

    public void Sent(ScheduledStream stream, int bytes)
    {
        if (stream.IsReady)
        {
            _levels[stream.Priority.Urgency].Sent(stream, bytes);
        }
    }

    /// <summary>Ignored: RFC 7540's signals mean nothing here.</summary>
    public ProtocolError Reprioritize(int streamId, in PriorityFields fields) => default;

    public ProtocolError Update(int streamId, StreamPriority priority)
    {
        if (_streams.Find(streamId) is { } stream)
        {
            Change(stream, priority, stream.Response);
            return default;
        }

        // RFC 9218 §7.1: what is said of a stream that has closed may be discarded.
        if (!_streams.IsIdle(streamId))
        {
            return default;
        }

        // RFC 9218 §7.1: a push that was not promised has no priority.
        if (streamId % 2 == 0)
        {
            return FrameErrors.Connection(EndReason.PriorityUpdateOfIdlePush, ErrorCode.ProtocolError);
        }

        // RFC 9218 §7.1: idle streams with a priority and open ones together are no more than may be open. That bounds the memory, too.
        return _pending.TrySet(streamId, priority, _maximumStreams - _streams.Count)
            ? default
            : FrameErrors.Connection(EndReason.TooManyPriorityUpdates, ErrorCode.ProtocolError);
    }

    public void Override(ScheduledStream stream, PriorityParameters response) => Change(stream, stream.Client, response);

    internal void Enter(ScheduledStream stream)
    {
        // RFC 9218 §7: PRIORITY_UPDATE goes before the request's field, even where it came first.
        if (stream.StreamId % 2 != 0)
        {
            stream.Client = _pending.Take(stream.StreamId) ?? stream.Client;
        }

        if (stream.IsReady)
        {
            AddReady(stream);
        }
    }

    internal void Leave(ScheduledStream stream)
    {
        if (stream.IsReady)
        {
            RemoveReady(stream);
        }
    }

    private void Change(ScheduledStream stream, StreamPriority client, PriorityParameters response)
    {
        if (response.Over(client) == stream.Priority)
        {
            (stream.Client, stream.Response) = (client, response);
            return;
        }

        Leave(stream);
        (stream.Client, stream.Response) = (client, response);
        if (stream.IsReady)
        {
            AddReady(stream);
        }
    }

    private void AddReady(ScheduledStream stream)
    {
        int urgency = stream.Priority.Urgency;
        _levels[urgency].Add(stream);
        _ready |= 1u << urgency;
    }

    private void RemoveReady(ScheduledStream stream)
    {
        int urgency = stream.Priority.Urgency;
        _levels[urgency].Remove(stream);
        if (_levels[urgency].IsEmpty)
        {
            _ready &= ~(1u << urgency);
        }
    }

    [InlineArray(StreamPriority.Levels)]
    private struct Levels
    {
        private UrgencyLevel _first;
    }
}
