using System.Buffers.Binary;
using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.WebSocket.Deflate;
using Roundtrip.Http.WebSocket.Frames;

namespace Roundtrip.Http.WebSocket;

/// <summary>
/// One WebSocket after its opening handshake (RFC 6455, RFC 7692), of either role, as a pure state machine. Its user calls it, always on one loop, in this order:
/// <list type="number">
/// <item><see cref="Receive"/> with bytes that came, then <see cref="TryReadEvent"/> until that gives false; <see cref="ReceiveEnd"/> once when no more will come, and TryReadEvent again.</item>
/// <item><see cref="SendText"/>, <see cref="SendBinary"/>, <see cref="Send"/>, <see cref="Ping"/>, <see cref="Close"/> at any time: they add to <see cref="Output"/>.</item>
/// <item><see cref="OnDeadline"/> when <see cref="NextDeadline"/> has passed, and TryReadEvent again.</item>
/// <item>After each of these it sends what <see cref="Output"/> has, looks at NextDeadline and <see cref="WantsInput"/>, and obeys <see cref="Ending"/>.</item>
/// <item><see cref="Release"/> last, whatever the end was.</item>
/// </list>
/// While it is idle it holds no buffer. This file has the ends and the deadlines; WebSocketConnection.Receiving.cs the way in, WebSocketConnection.Sending.cs the way out.
/// </summary>
public sealed partial class WebSocketConnection
{
    // What may wait to be sent before nothing more is read: whoever asks for answers (Ping) must take them.
    private const int MostOutput = 64 * 1024;

    private readonly WebSocketRole _role;
    private readonly WebSocketLimits _limits;
    private readonly WebSocketResources _resources;
    private readonly DeflateParameters? _deflate;
    private readonly Func<uint>? _nextMask;
    private OutputQueue? _output;

    private CloseState _state;
    private bool _isToTell;
    private int _toldCode;
    private byte[] _toldReason = [];
    private ProtocolError _error;
    private long _closeBy = Deadline.None;
    private long _lastHeard;

    // When the Ping that is not answered yet was sent; None while none is.
    private long _pingSentAt = Deadline.None;

    /// <param name="deflate">What the handshake agreed on; null for no compression.</param>
    /// <param name="nextMask">A client's masking keys, each unforeseeable (RFC 6455 section 10.3); null for a server.</param>
    public WebSocketConnection(
        WebSocketRole role, WebSocketLimits limits, WebSocketResources resources, long now, DeflateParameters? deflate = null, Func<uint>? nextMask = null)
    {
        if (role == WebSocketRole.Client)
        {
            ArgumentNullException.ThrowIfNull(nextMask);
            _nextMask = nextMask;
        }

        (_role, _limits, _resources, _lastHeard, _deflate) = (role, limits, resources, now, deflate);
        if (deflate is { } agreed)
        {
            bool isServer = role == WebSocketRole.Server;
            (bool sendsAnew, bool receivesAnew) = isServer
                ? (agreed.ServerNoContextTakeover, agreed.ClientNoContextTakeover) : (agreed.ClientNoContextTakeover, agreed.ServerNoContextTakeover);
            (_sendBits, _receiveBits) = isServer ? (agreed.ServerWindowBits, agreed.ClientWindowBits) : (agreed.ClientWindowBits, agreed.ServerWindowBits);
            (_keepsSent, _keepsReceived) = (!sendsAnew, !receivesAnew);
        }
    }

    /// <summary>What is to be sent. While there is nothing it need not be there: <see cref="OutputLength"/> says so, and <see cref="Rest"/> gives it back.</summary>
    public OutputQueue Output => _output ??= _resources.RentOutput();

    /// <summary>How many bytes are to be sent.</summary>
    public long OutputLength => _output?.Length ?? 0;

    /// <summary>Whether messages may be sent.</summary>
    public bool IsOpen => _state == CloseState.Open;

    /// <summary>Whether the peer's bytes are of use now. While false nothing is to be read, so that the peer is held back.</summary>
    public bool WantsInput => _state != CloseState.Ended && OutputLength < MostOutput;

    /// <summary>How the connection is to end.</summary>
    public WebSocketEnding Ending { get; private set; }

    /// <summary>When to call <see cref="OnDeadline"/>.</summary>
    public long NextDeadline => _state switch
    {
        CloseState.Open when _limits.PingInterval > 0 => _pingSentAt == Deadline.None ? _lastHeard + _limits.PingInterval : _pingSentAt + _limits.PingTimeout,
        CloseState.CloseSent or CloseState.Closed => _closeBy,
        _ => Deadline.None,
    };

    /// <summary>Begins the closing handshake; what the peer sends before its own Close is still told.</summary>
    /// <param name="code">One that may be sent: <see cref="CloseCode.IsSendable"/>.</param>
    /// <param name="reason">UTF-8, 123 bytes at most.</param>
    public void Close(long now, int code = CloseCode.Normal, ReadOnlySpan<byte> reason = default)
    {
        if (!CloseCode.IsSendable(code))
        {
            throw new ArgumentOutOfRangeException(nameof(code), code, "a code that may not be sent");
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(reason.Length, FrameHeader.MaximumControlLength - 2, nameof(reason));
        Move(ClosingHandshake.Event.Close, now, code, reason);
    }

    /// <param name="isHeard">Whether what the peer sends is read now: where not, its silence says nothing.</param>
    public void OnDeadline(long now, bool isHeard = true)
    {
        if (now < NextDeadline)
        {
            return;
        }

        if (OutputLength > 0 || (!isHeard && _state == CloseState.Open))
        {
            // What waits goes before a question, or our Close: whoever sends that keeps the time, and the peer's begins when it has it.
            (_lastHeard, _pingSentAt) = (now, Deadline.None);
            _closeBy = now + _limits.CloseTimeout;
        }
        else if (_state != CloseState.Open)
        {
            Abandon(EndReason.WebSocketCloseTimeout, now);
        }
        else if (_pingSentAt != Deadline.None)
        {
            Abandon(EndReason.WebSocketPongTimeout, now);
        }
        else
        {
            _pingSentAt = now;
            WriteFrame(FrameHeader.Fin | (byte)Opcode.Ping, []);
        }
    }

    /// <summary>Nothing more is to be done for now: a silent WebSocket holds no queue.</summary>
    public void Rest()
    {
        if (_output is { IsEmpty: true } output)
        {
            _output = null;
            _resources.Return(output);
        }
    }

    /// <summary>Gives back what it holds. Nothing else may be called afterwards.</summary>
    public void Release()
    {
        _state = CloseState.Ended;
        _isToTell = false;
        DropInput();
        _output?.Clear();
        Rest();
    }

    private void Abandon(EndReason reason, long now)
    {
        _error = new ProtocolError(reason, CloseCode.Abnormal, ErrorScope.Connection, ErrorOrigin.Peer);
        _toldCode = CloseCode.Abnormal;
        Move(ClosingHandshake.Event.Timeout, now, CloseCode.Abnormal, []);
    }

    // RFC 6455 §7.1.7: fail the connection. The sentence goes with it: it names what the peer did, and nothing of ours.
    private void Fail(EndReason reason)
    {
        int code = reason switch
        {
            EndReason.WebSocketInvalidUtf8 or EndReason.WebSocketInvalidDeflate => CloseCode.InvalidPayload,
            EndReason.WebSocketFrameTooLarge or EndReason.WebSocketMessageTooLarge or EndReason.WebSocketTooManyFragments => CloseCode.TooBig,
            _ => CloseCode.ProtocolError,
        };
        _error = ProtocolError.FromPeer(reason, code);
        _toldCode = CloseCode.Abnormal;
        ReadOnlySpan<byte> sentence = Encoding.ASCII.GetBytes(EndReasons.Describe(reason));
        Move(ClosingHandshake.Event.Failure, 0, code, sentence[..Math.Min(sentence.Length, FrameHeader.MaximumControlLength - 2)]);
    }

    private void Move(ClosingHandshake.Event what, long now, int code, ReadOnlySpan<byte> reason)
    {
        (_state, ClosingHandshake.Actions actions) = ClosingHandshake.Next(_state, what, _role);
        if ((actions & ClosingHandshake.Actions.WriteClose) != 0)
        {
            WriteClose(code, reason);
        }

        if ((actions & ClosingHandshake.Actions.Wait) != 0)
        {
            _closeBy = now + _limits.CloseTimeout;
        }

        _isToTell |= (actions & ClosingHandshake.Actions.Tell) != 0;
        if ((actions & ClosingHandshake.Actions.End) != 0)
        {
            Ending = WebSocketEnding.WhenSent;
        }
        else if ((actions & ClosingHandshake.Actions.Cut) != 0)
        {
            Ending = WebSocketEnding.Cut;
        }
    }

    private void WriteClose(int code, ReadOnlySpan<byte> reason)
    {
        Span<byte> payload = stackalloc byte[FrameHeader.MaximumControlLength];
        int length = 0;
        if (code != CloseCode.NoStatus)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
            reason.CopyTo(payload[2..]);
            length = 2 + reason.Length;
        }

        WriteFrame(FrameHeader.Fin | (byte)Opcode.Close, payload[..length]);
    }
}
