using System.Buffers;
using Roundtrip.Http;
using Roundtrip.Site.Wsgi.Protocol;

namespace Roundtrip.Site.Wsgi.Channels;

/// <content>
/// The request's content. A small one is collected before a worker is asked for: a slow client keeps none. A larger one goes as the worker asks for it, which is also what has a client sent
/// 100 (Continue).
/// </content>
internal sealed partial class WsgiExchange
{
    // What is collected; more goes by credit.
    private const int Inline = 16 * 1024;

    // What a body's frame has at most.
    private const int Piece = 64 * 1024;

    // No worker of ours asks for more at a time.
    private const long MaximumCredit = 16 * 1024 * 1024;

    private byte[]? _content;
    private int _collected;
    private long _credit;
    private long _bodyLeft;
    private bool _isCollecting;
    private bool _isBodySent;

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

    /// <summary>The worker wants more.</summary>
    public void OnCredit(uint count)
    {
        _credit = Math.Min(MaximumCredit, _credit + count);
        PumpBody();
    }

    /// <summary>The channel has room again.</summary>
    public void OnChannelWritable() => PumpBody();

    /// <returns>Whether a worker can be asked for.</returns>
    private bool BeginBody(Exchange exchange)
    {
        (_collected, _credit, _bodyLeft, _isCollecting) = (0, 0, exchange.BodyLength, false);
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

    private void PumpBody()
    {
        if (_channel is not { } channel || _isBodySent)
        {
            return;
        }

        byte[]? buffer = null;
        while (_credit > 0 && channel.HasRoom && !_isBodySent && _exchange is { } exchange)
        {
            buffer ??= ArrayPool<byte>.Shared.Rent(FrameHeader.Size + Piece);
            BodyRead read = exchange.ReadBody(buffer.AsSpan(FrameHeader.Size, (int)Math.Min(_credit, Piece)));
            if (read.Status is BodyReadStatus.NotYet or BodyReadStatus.Failed)
            {
                break;
            }

            _credit -= read.Count;
            _bodyLeft -= read.Count;
            _isBodySent = read.Status == BodyReadStatus.End || _bodyLeft == 0;
            SendBody(channel, buffer.AsSpan(0, FrameHeader.Size + read.Count), _isBodySent ? FrameFlags.Last : (byte)0);
        }

        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            channel.Await();
        }
    }

    // Who reads on is told that there is no more: an application that does so in close(), too.
    private void BreakBody()
    {
        if (!_isBodySent && _channel is { } channel)
        {
            _isBodySent = true;
            Span<byte> frame = stackalloc byte[FrameHeader.Size];
            SendBody(channel, frame, FrameFlags.Broken);
        }
    }

    private void SendBody(LoopChannel channel, Span<byte> frame, byte flags)
    {
        new FrameHeader(FrameKind.Body, flags, 0, (uint)(frame.Length - FrameHeader.Size), _number).Write(frame);
        channel.Send(frame);
    }

    private void EndBody()
    {
        if (_content is not null)
        {
            ArrayPool<byte>.Shared.Return(_content);
            _content = null;
        }
    }
}
