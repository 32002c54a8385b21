using Roundtrip.Processes;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Site.Wsgi.Dispatch;
using Roundtrip.Site.Wsgi.Protocol;
using Roundtrip.Transport;

namespace Roundtrip.Site.Wsgi.Channels;

/// <content>The requests of a channel: the one in hand, and the line of those behind it in the worker's inbox, which are taken back where it lasts.</content>
internal sealed partial class LoopChannel
{
    private readonly List<WsgiExchange> _line = [];
    private readonly Timer _timer;

    // Its frame is too large for a message.
    private bool _isLarge;

    // Its answer is too large to be passed on at once.
    private bool _lasts;

    private Inbox Inbox => Worker.Inboxes[_channel.Index];

    /// <summary>Gives the worker a request, behind those that it has.</summary>
    /// <returns>Whether there was room for it.</returns>
    public bool TryBegin(WsgiExchange exchange, ReadOnlySpan<byte> frame)
    {
        if (!TryPut(exchange, frame))
        {
            return false;
        }

        if (_exchange is null)
        {
            Take(exchange);
        }
        else
        {
            _line.Add(exchange);
            _pool.Loop.SoonTimers.Schedule(_timer, _channel.Since + Dispatcher.Patience + 1);
        }

        Await();
        return true;
    }

    private bool TryPut(WsgiExchange exchange, ReadOnlySpan<byte> frame)
    {
        if (frame.Length <= Inbox.LongestMessage)
        {
            // Of a worker that is gone its channel says what has become.
            return !_isLarge && Inbox.TryPut(frame) != StreamResult.WouldWait;
        }

        if (_exchange is not null)
        {
            return false;
        }

        Span<byte> notice = stackalloc byte[FrameHeader.Size];
        new FrameHeader(FrameKind.Request, FrameFlags.Large, 0, 0, exchange.Number).Write(notice);
        _isLarge = Inbox.TryPut(notice) != StreamResult.WouldWait;
        if (_isLarge)
        {
            Send(frame);
        }

        return _isLarge;
    }

    // It is the one in hand, whose answer comes next.
    private void Take(WsgiExchange exchange)
    {
        _exchange = exchange;
        (_takenAnyway, _lasts) = (0, false);
        _reader.Begin(exchange.Number);
        exchange.OnTurn(_channel);
    }

    private void Advance()
    {
        (_exchange, _isLarge) = (null, false);
        if (_line.Count > 0)
        {
            WsgiExchange next = _line[0];
            _line.RemoveAt(0);
            Take(next);
        }
    }

    private void OnDue(long now)
    {
        long stands = now - _channel.Since;
        if (stands <= Dispatcher.Patience || (stands <= Dispatcher.PatienceWithRunning && RunningThread.Is(Worker.ThreadOf(_channel.Index))))
        {
            _pool.Loop.SoonTimers.Schedule(_timer, now + Dispatcher.Patience + 1);
        }
        else if (_line.Count > 0 || (_exchange is { } exchange && Worker.TakenOn(_channel.Index) != exchange.Number))
        {
            TakeBack(alsoFirst: true, isStuck: true);
        }
    }

    private void LetNobodyWait()
    {
        if (!_lasts)
        {
            _lasts = true;
            TakeBack(alsoFirst: false, isStuck: false);
        }
    }

    private void TakeBack(bool alsoFirst, bool isStuck)
    {
        if (_isLarge)
        {
            // What follows its notice is on its way to the worker.
            return;
        }

        int count = 0;
        List<PoolRequest> waiting = [];
        Span<byte> header = stackalloc byte[FrameHeader.Size];
        while ((_line.Count > 0 || alsoFirst) && Inbox.TryTakeBack(header, out _))
        {
            // By its number: the worker may have taken the one behind it meanwhile.
            if (Leave(FrameHeader.Read(header).Request, alsoFirst) is { } exchange)
            {
                count++;
                if (exchange.TakeBack())
                {
                    waiting.Add(exchange);
                }
            }
        }

        if (count > 0 || !isStuck)
        {
            _pool.Pool.TakeBack(_channel, isStuck, count, waiting, _pool);
        }
    }

    // Null for the first where it is to stay.
    private WsgiExchange? Leave(long request, bool alsoFirst)
    {
        int place = _line.FindIndex(exchange => exchange.Number == request);
        if (place >= 0)
        {
            WsgiExchange exchange = _line[place];
            _line.RemoveAt(place);
            return exchange;
        }

        if (!alsoFirst || _exchange is not { } first || first.Number != request)
        {
            return null;
        }

        _pool.Pool.Observer.Ended(Worker, _pool.Loop.Now);
        Advance();
        return first;
    }

    private sealed class Timer(LoopChannel channel) : TimerEntry
    {
        protected override void OnDue(long now) => channel.OnDue(now);
    }
}
