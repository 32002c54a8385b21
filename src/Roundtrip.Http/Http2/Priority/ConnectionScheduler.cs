using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2.Priority;

/// <summary>
/// The scheduler of a connection, whichever way its client speaks of priorities:
/// <list type="number">
/// <item>A client that says SETTINGS_NO_RFC7540_PRIORITIES=1, sends a Priority field or a PRIORITY_UPDATE is served by <see cref="UrgencyScheduler"/>, from then on for good.</item>
/// <item>One that has sent none of these, but PRIORITY frames or priority fields in HEADERS, is served by <see cref="DependencyTree"/>.</item>
/// <item>One that says nothing is served by urgency, where all its streams are equal and go one after the other.</item>
/// </list>
/// RFC 9218 section 2.1.1 lets a client send both kinds until it knows what the server takes, and browsers send the older kind from habit: whoever sends the newer means it, and
/// the older says nothing more beside it. So the signals decide and not the setting alone, which few clients send. What decides may come while streams are open (the fields of a
/// HEADERS frame are known before its Priority field is): they move then, which happens at most twice in a connection's life.
/// </summary>
public sealed class ConnectionScheduler : IStreamScheduler
{
    private readonly OpenStreams _streams = new();
    private readonly UrgencyScheduler _urgency;
    private DependencyTree? _tree;
    private bool _isDecided;
    private bool _ignoresFields;

    /// <inheritdoc cref="UrgencyScheduler(int)"/>
    public ConnectionScheduler(int maximumStreams) => _urgency = new UrgencyScheduler(maximumStreams, _streams);

    /// <summary>Whether RFC 7540's tree decides now; RFC 9218's urgencies do otherwise.</summary>
    public bool IsTree => _tree is not null;

    /// <summary>The client's SETTINGS say NO_RFC7540_PRIORITIES=1: PRIORITY is not looked at (RFC 9218 section 2.1).</summary>
    public void IgnoreRfc7540()
    {
        _ignoresFields = true;
        UseUrgency();
    }

    public ScheduledStream Open(int streamId, StreamPriority? priority, object? owner)
    {
        if (priority is not null)
        {
            UseUrgency();
        }

        ScheduledStream stream = _streams.Add(streamId, priority, owner);
        if (_tree is null)
        {
            _urgency.Enter(stream);
        }
        else
        {
            _tree.Enter(stream);
        }

        return stream;
    }

    public void Close(ScheduledStream stream)
    {
        if (_tree is null)
        {
            _urgency.Close(stream);
        }
        else
        {
            _tree.Close(stream);
        }
    }

    public void SetReady(ScheduledStream stream, bool ready)
    {
        if (_tree is null)
        {
            _urgency.SetReady(stream, ready);
        }
        else
        {
            _tree.SetReady(stream, ready);
        }
    }

    public ScheduledStream? Next() => _tree is null ? _urgency.Next() : _tree.Next();

    public void Sent(ScheduledStream stream, int bytes)
    {
        if (_tree is null)
        {
            _urgency.Sent(stream, bytes);
        }
        else
        {
            _tree.Sent(stream, bytes);
        }
    }

    public ProtocolError Reprioritize(int streamId, in PriorityFields fields)
    {
        if (_ignoresFields)
        {
            return default;
        }

        if (!_isDecided)
        {
            _tree ??= MoveToTree();
            return _tree.Reprioritize(streamId, fields);
        }

        // The fields have no effect any more; that a stream cannot depend on itself holds all the same.
        return streamId == fields.Dependency ? FrameErrors.Stream(EndReason.StreamDependsOnItself, ErrorCode.ProtocolError) : default;
    }

    public ProtocolError Update(int streamId, StreamPriority priority)
    {
        UseUrgency();
        return _urgency.Update(streamId, priority);
    }

    public void Override(ScheduledStream stream, PriorityParameters response)
    {
        if (_tree is null)
        {
            _urgency.Override(stream, response);
        }
        else
        {
            _tree.Override(stream, response);
        }
    }

    private DependencyTree MoveToTree()
    {
        var tree = new DependencyTree(_streams);
        foreach (ScheduledStream stream in _streams.All)
        {
            _urgency.Leave(stream);
            tree.Enter(stream);
        }

        return tree;
    }

    private void UseUrgency()
    {
        _isDecided = true;
        if (_tree is null)
        {
            return;
        }

        _tree = null;
        foreach (ScheduledStream stream in _streams.All)
        {
            stream.Node = null;
            _urgency.Enter(stream);
        }
    }
}
