using Roundtrip.Core;

namespace Roundtrip.Transport.InMemory;

/// <summary>One end of a connection between two sinks on the same <see cref="InMemoryLoop"/>.</summary>
public sealed class InMemoryConnection : TransportConnection
{
    private readonly InMemoryLoop _loop;
    private readonly BytePipe _incoming;
    private readonly BytePipe _outgoing;
    private InMemoryConnection? _peer;
    private bool _wantsRead;
    private bool _wantsWrite;
    private bool _wantsEnd;

    // What the sink was not told yet: as with epoll's edges, once it was told it is told again when more comes or when it asks anew.
    private bool _hasReadNews;
    private bool _hasWriteNews;
    private bool _isReset;

    internal InMemoryConnection(InMemoryLoop loop, PeerAddress local, PeerAddress remote, BytePipe incoming, BytePipe outgoing)
    {
        (_loop, Local, Remote, _incoming, _outgoing) = (loop, local, remote, incoming, outgoing);
    }

    public override PeerAddress Remote { get; }

    public override PeerAddress Local { get; }

    public bool IsClosed { get; private set; }

    internal InMemoryConnection? Peer
    {
        set => _peer = value;
    }

    /// <summary>Whether the loop has something to tell this end's sink.</summary>
    internal bool IsReady => !IsClosed && (_isReset || ShouldTellOfReading || ShouldTellOfWriting || ShouldTellOfEnd);

    private bool ShouldTellOfReading => _wantsRead && _hasReadNews && CanRead;

    private bool ShouldTellOfWriting => _wantsWrite && _hasWriteNews && CanWrite;

    private bool ShouldTellOfEnd => _wantsEnd && !_wantsRead && _hasReadNews && _incoming.IsEnded;

    private bool CanRead => _incoming.Count > 0 || _incoming.IsEnded;

    private bool CanWrite => _outgoing.Room > 0 || PeerIsGone;

    private bool PeerIsGone => _peer is null or { IsClosed: true };

    public override IoResult Read(Span<byte> buffer)
    {
        if (_isReset)
        {
            return IoResult.Failed(EndReason.PeerReset);
        }

        int count = _incoming.Read(buffer);
        if (count > 0 && _peer is not null)
        {
            _peer._hasWriteNews = true;
        }

        return count > 0 ? IoResult.Done(count) : _incoming.IsEnded ? IoResult.End : IoResult.WouldBlock;
    }

    public override IoResult Write(OutputQueue queue, long budget)
    {
        if (_isReset || PeerIsGone)
        {
            return IoResult.Failed(_isReset ? EndReason.PeerReset : EndReason.PeerClosed);
        }

        long sent = 0;
        while (!queue.IsEmpty && sent < budget && _outgoing.Room > 0)
        {
            OutputSegment segment = queue.Segments[0];
            int asked = (int)Math.Min(Math.Min(segment.Length, budget - sent), _outgoing.Room);
            int moved;
            if (segment.File is { } file)
            {
                byte[] buffer = new byte[asked];
                FileReadResult read = file.Read(segment.Offset, buffer);
                if (read.Status != FileReadStatus.Read)
                {
                    return sent > 0 ? IoResult.Done(sent) : IoResult.Of(read.Status);
                }

                moved = _outgoing.Write(buffer.AsSpan(0, read.Count));
                if (!file.IsUnchanged())
                {
                    return IoResult.Failed(EndReason.ResponseSourceChanged);
                }
            }
            else
            {
                moved = _outgoing.Write(segment.Span[..asked]);
            }

            queue.Consume(moved);
            sent += moved;
        }

        TellPeer();
        return sent > 0 ? IoResult.Done(sent) : IoResult.WouldBlock;
    }

    public override int WriteThrough(OutputQueue queue, ReadOnlySpan<byte> bytes)
    {
        if (!queue.IsEmpty && (Write(queue, long.MaxValue).Status != IoStatus.Done || !queue.IsEmpty))
        {
            return 0;
        }

        int count = _isReset || PeerIsGone ? 0 : _outgoing.Write(bytes);
        TellPeer();
        return count;
    }

    public override void SetInterest(bool read, bool write, bool end = false)
    {
        (_wantsRead, _wantsWrite, _wantsEnd) = (read, write, end);
        _hasReadNews = _hasWriteNews = true;
    }

    public override void ShutdownWrite()
    {
        _outgoing.IsEnded = true;
        TellPeer();
    }

    public override void Close()
    {
        if (!IsClosed)
        {
            IsClosed = true;
            _outgoing.IsEnded = true;
            TellPeer();

            // As with TCP: closing with bytes unread resets the peer.
            if (_incoming.Count > 0)
            {
                ResetPeer();
            }

            _loop.Forget(this);
        }
    }

    public override void Reset()
    {
        if (!IsClosed)
        {
            ResetPeer();
            IsClosed = true;
            _loop.Forget(this);
        }
    }

    internal void Tell()
    {
        if (_isReset && !_wantsRead && !_wantsWrite)
        {
            Sink?.OnAborted(EndReason.PeerReset);
            return;
        }

        if (!_isReset && ShouldTellOfEnd)
        {
            _hasReadNews = false;
            Sink?.OnEnded();
            return;
        }

        if (_isReset || ShouldTellOfWriting)
        {
            _hasWriteNews = false;
            if (_wantsWrite)
            {
                Sink?.OnWritable();
            }
        }

        if ((_isReset || ShouldTellOfReading) && !IsClosed)
        {
            _hasReadNews = false;
            if (_wantsRead)
            {
                Sink?.OnReadable();
            }
        }
    }

    private void TellPeer()
    {
        if (_peer is not null)
        {
            _peer._hasReadNews = _peer._hasWriteNews = true;
        }
    }

    private void ResetPeer()
    {
        if (_peer is { IsClosed: false } peer)
        {
            peer._isReset = true;
        }
    }
}
