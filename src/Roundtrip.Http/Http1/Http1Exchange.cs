using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>
/// One request and response of an HTTP/1 connection. Pooled: <see cref="Begin"/> to <see cref="Clear"/> is one life. This file has the
/// request's head and the life; Http1Exchange.Body.cs the request's content; Http1Exchange.Response.cs the response.
/// </summary>
public sealed partial class Http1Exchange : Exchange
{
    private Http1Connection? _connection;
    private RequestHeadParser _parser;
    private bool _isHeadDetached;

    internal Http1Exchange()
    {
    }

    public override IConnectionHost Connection =>
        _connection?.Host ?? throw new InvalidOperationException("The exchange has ended: check Generation before using it.");

    /// <summary>Whether a handler may still use the exchange.</summary>
    internal bool IsOpen { get; private set; }

    internal ConnectionOptions Options { get; private set; }

    public override bool CanUpgrade =>
        IsOpen && !HasResponded && IsBodyDone
        && Request.Version == ProtocolVersion.Http11 // RFC 9110 §7.8: Upgrade in an HTTP/1.0 request MUST be ignored.
        && (Options & ConnectionOptions.Upgrade) != 0 && Request.Has(KnownField.Upgrade);

    public override long BytesReceived => Request.Length + _body.Consumed;

    /// <param name="index">How many requests the connection had before this one.</param>
    internal void Begin(Http1Connection connection, long now, int index)
    {
        BeginLife(connection.Host, now, index);
        _connection = connection;
        _parser = default;
        _isHeadDetached = false;
        Options = ConnectionOptions.None;
        BeginBody(0, expectsContinue: false);
        BeginResponse();
    }

    /// <summary>Goes on with the head, which begins where the input does.</summary>
    /// <returns>False when more is needed; true with an error when the request cannot be served.</returns>
    internal bool TryReadHead(ref InputBuffer input, HttpLimits limits, out EndReason error)
    {
        Request.Locate(input.Array, input.Start);
        bool isDone = _parser.TryParse(input.Unread, Request, limits, _connection!.Host.IsSecure, out error);
        Request.Length = _parser.Length;
        if (!isDone || error != EndReason.None)
        {
            return isDone;
        }

        error = RequestFraming.Determine(Request, limits.RequestBody, out long length);
        bool expectsContinue = false;
        if (error == EndReason.None)
        {
            error = RequestFraming.DetermineExpectation(Request, out expectsContinue);
        }

        Options = ConnectionField.OptionsOf(Request);
        BeginBody(length, expectsContinue);
        IsOpen = error == EndReason.None;
        return true;
    }

    /// <summary>Moves the head out of the input, so that the input begins with the body.</summary>
    internal void DetachHead()
    {
        if (!_isHeadDetached)
        {
            IConnectionHost host = _connection!.Host;
            if (HasOpenEnd)
            {
                Request.RetainForLong(host.Buffers);
                ResponseFields.RetainForLong();
            }
            else
            {
                Request.Retain(host.Buffers);
            }

            host.Input.Consume(Request.Length);
            _isHeadDetached = true;
        }
    }

    // RFC 9110 §7.8: after the 101 the bytes are the other protocol's, and not before.
    public override void AcceptUpgrade(ReadOnlySpan<byte> protocol, FieldBlock fields)
    {
        if (!IsOpen)
        {
            return;
        }

        if (!CanUpgrade)
        {
            throw new InvalidOperationException("The request does not ask for an upgrade, or has been answered.");
        }

        IConnectionHost host = _connection!.Host;
        OutputQueue output = host.Output;
        long before = output.Length;
        output.Write(host.StatusLines.LineOf(101));
        output.Write("Connection: Upgrade\r\nUpgrade: "u8);
        output.Write(protocol);
        output.Write("\r\n"u8);
        output.Write(fields.Http1Lines);
        output.Write(ResponseFields.Http1Lines);
        output.Write("\r\n"u8);
        BytesSent += output.Length - before;
        Status = 101;
        SharedFields = fields;
        RespondedTimestamp = host.Timestamp;
        DetachHead();
        Request.RetainForLong(host.Buffers);
        ResponseFields.RetainForLong();
        BeginTunnelBody();
        BeginTunnelResponse();

        // No request can follow.
        _connection.DoNotPersist(EndReason.Completed);
        _connection.Changed();
    }

    public override bool IsStopping => IsOpen && _connection!.IsStopping;

    public override void UseLimits(HttpLimits limits)
    {
        if (IsOpen)
        {
            _connection!.UseLimits(limits);
        }
    }

    // The connection is the tunnel's: its end is the tunnel's half.
    public override void EndWriting()
    {
        if (!IsOpen)
        {
            return;
        }

        if (!IsTunnel)
        {
            throw new InvalidOperationException("The exchange is no tunnel: a response ends with Complete.");
        }

        _isWritingEnded = true;
        _connection!.EndOutput();
    }

    public override void Abort(EndReason reason, ErrorOrigin origin = ErrorOrigin.Handler)
    {
        if (IsOpen)
        {
            _connection!.Fail(reason, 500, origin, tellHandler: false);
        }
    }

    /// <summary>Looks where the head is: the input may have been moved since it was read.</summary>
    internal void LocateHead()
    {
        IConnectionHost host = _connection!.Host;
        if (!_isHeadDetached && host.Input.Length >= Request.Length)
        {
            Request.Locate(host.Input.Array, host.Input.Start);
        }
    }

    /// <summary>Closes the exchange to its handler and settles what the log will say.</summary>
    /// <returns>The handler.</returns>
    internal IExchangeHandler? End(EndReason reason)
    {
        IsOpen = false;
        EndReason = reason;
        IConnectionHost host = _connection!.Host;
        LocateHead();

        // What waits to be sent is the end of this response; when the connection is cut it will not go out.
        if (reason is not (EndReason.Completed or EndReason.Upgraded) && _framing != ResponseFraming.None)
        {
            ContentSent = Math.Max(0, ContentSent - host.OutputLength);
            BytesSent = Math.Max(0, BytesSent - host.OutputLength);
        }

        return Handler;
    }

    /// <summary>Forgets everything, and takes the head off the input where it still stands there.</summary>
    internal void Clear()
    {
        IConnectionHost host = _connection!.Host;
        if (!_isHeadDetached)
        {
            host.Input.Consume(Math.Min(Request.Length, host.Input.Length));
        }

        EndLife(host.Buffers);
        _connection = null;
    }
}
