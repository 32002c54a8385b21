using System.Buffers;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Site.Wsgi.Protocol;
using Roundtrip.Transport;

namespace Roundtrip.Site.Wsgi.Channels;

/// <content>
/// The request's content. A small one is collected before a worker is asked for: a slow client keeps none. A larger one goes into the channel's ring as the worker asks for it, which is also
/// what has a client sent 100 (Continue).
/// </content>
internal sealed partial class WsgiExchange
{
    // What is collected; more goes by credit.
    private const int Inline = 16 * 1024;

    // What is in the ring is told the worker when it is worth waking a thread for, or after so many milliseconds. Little is told at once: it may be all that comes for now.
    private const int WorthWaking = SharedLayout.RingSize / 2;
    private const int Hold = 4;
    private const int Little = 32 * 1024;

    private readonly TellTimer _tellTimer;
    private byte[]? _content;
    private int _collected;
    private int _ringAt;
    private int _toldAt;
    private int _untold;
    private long _credit;
    private long _bodyLeft;
    private bool _isCollecting;
    private bool _isBodySent;
    private bool _isBroken;

    private bool IsAllHere => _isBodySent;

    private ReadOnlySpan<byte> Collected => _content.AsSpan(0, _collected);

    void IExchangeHandler.OnBodyReadable(Exchange exchange)
    {
        if (_isCollecting)
        {
            if (Collect(exchange))
            {
                Enter(isAgain: false);
            }
        }
        else
        {
            PumpBody();
        }
    }

    /// <summary>The worker wants more: so much more than before of the ring may be written.</summary>
    public void OnCredit(uint count)
    {
        _credit = Math.Min(SharedLayout.RingSize, _credit + count);
        PumpBody();
    }

    /// <summary>The channel has room again.</summary>
    public void OnChannelWritable() => PumpBody();

    /// <returns>Whether a worker can be asked for.</returns>
    private bool BeginBody(Exchange exchange)
    {
        (_collected, _ringAt, _toldAt, _untold, _credit, _bodyLeft) = (0, 0, 0, 0, 0, exchange.BodyLength);
        _isCollecting = _isBroken = false;
        _isBodySent = !exchange.HasBody;
        if (_isBodySent || exchange.BodyLength is < 0 or > Inline || exchange.Request.Has(KnownField.Expect))
        {
            return true;
        }

        _isCollecting = true;
        _content ??= ArrayPool<byte>.Shared.Rent(Inline);
        return Collect(exchange);
    }

    /// <returns>Whether it is all here.</returns>
    private bool Collect(Exchange exchange)
    {
        while (_bodyLeft > 0)
        {
            BodyRead read = exchange.ReadBody(_content.AsSpan(_collected, (int)_bodyLeft));
            if (read.Status != BodyReadStatus.Data)
            {
                // Not yet; or never, which OnAborted has been told within the call.
                return false;
            }

            _collected += read.Count;
            _bodyLeft -= read.Count;
        }

        _isCollecting = false;
        _isBodySent = true;
        return true;
    }

    // What is read is told at the end of the batch: a large content comes in several pieces within one, and each frame wakes the worker.
    private void PumpBody()
    {
        if (_channel is not { } channel || _isBodySent)
        {
            return;
        }

        while (channel.HasRoom && !_isBodySent && _exchange is { } exchange && TryReadIntoRing(exchange, channel))
        {
        }

        if (_isBodySent || _untold is > 0 and (< Little or >= WorthWaking) || (_untold > 0 && _credit == 0))
        {
            _pool.TellLater(this);
        }
        else if (_untold > 0 && _tellTimer.Due == Deadline.None)
        {
            _pool.Loop.SoonTimers.Schedule(_tellTimer, _pool.Loop.Now + Hold);
        }
    }

    /// <summary>Tells the worker of the content that was read since.</summary>
    /// <param name="request">The number of the request that it was read for.</param>
    public void TellBody(long request)
    {
        if (_number != request || _channel is not { } channel || _isBroken)
        {
            return;
        }

        _pool.Loop.SoonTimers.Cancel(_tellTimer);
        do
        {
            // A frame's content does not go round the ring's end.
            int count = Math.Min(_untold, SharedLayout.RingSize - _toldAt);
            _untold -= count;
            _toldAt = (_toldAt + count) % SharedLayout.RingSize;
            SendBody(channel, count, _isBodySent && _untold == 0 ? FrameFlags.Last : (byte)0);
        }
        while (_untold > 0);

        channel.Await();
    }

    // As much as there is and the worker has room for, up to the ring's end.
    private bool TryReadIntoRing(Exchange exchange, LoopChannel channel)
    {
        int start = _ringAt;
        int end = start + (int)Math.Min(_credit, SharedLayout.RingSize - start);
        while (_ringAt < end && !_isBodySent)
        {
            BodyRead read = exchange.ReadBody(channel.RequestRing[_ringAt..end]);
            if (read.Status is BodyReadStatus.NotYet or BodyReadStatus.Failed)
            {
                break;
            }

            _ringAt += read.Count;
            _bodyLeft -= read.Count;
            _isBodySent = read.Status == BodyReadStatus.End || _bodyLeft == 0;
        }

        int count = _ringAt - start;
        _untold += count;
        _credit -= count;
        _ringAt %= SharedLayout.RingSize;
        return count > 0;
    }

    // Who reads on is told that there is no more: an application that does so in close(), too.
    private void BreakBody()
    {
        if (!_isBodySent && _channel is { } channel)
        {
            _isBodySent = _isBroken = true;
            SendBody(channel, 0, FrameFlags.Broken);
        }
    }

    private void SendBody(LoopChannel channel, int count, byte flags)
    {
        Span<byte> frame = stackalloc byte[CountFrame.Size];
        CountFrame.Write(frame, FrameKind.Body, flags, _number, count);
        channel.Send(frame);
    }

    private void EndBody()
    {
        _pool.Loop.SoonTimers.Cancel(_tellTimer);
        if (_content is not null)
        {
            ArrayPool<byte>.Shared.Return(_content);
            _content = null;
        }
    }

    private sealed class TellTimer(WsgiExchange request) : TimerEntry
    {
        protected override void OnDue(long now) => request.TellBody(request._number);
    }
}
