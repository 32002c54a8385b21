using Roundtrip.Core;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Http2.Priority;

namespace Roundtrip.Http.Http2;

/// <summary>The server's side of an HTTP/2 connection: header sections become requests, each with an <see cref="Http2Exchange"/> on its stream.</summary>
public sealed partial class Http2ServerConnection : Http2Connection
{
    private int _requests;

    public Http2ServerConnection(IConnectionHost host, Http2Resources resources)
        : base(host, resources, host.Limits.Http2)
    {
        Host = host;
        HttpLimits limits = host.Limits;
        SectionLimits = new FieldLimits(limits.RequestFields, limits.RequestHead);
        ReadOnlySpan<Setting> settings =
        [
            new Setting(SettingsParameter.MaxConcurrentStreams, (uint)Limits.MaxSessionStreams),
            new Setting(SettingsParameter.InitialWindowSize, (uint)Limits.WindowSize),
            new Setting(SettingsParameter.MaxHeaderListSize, (uint)limits.RequestHead),
            new Setting(SettingsParameter.EnableConnectProtocol, 1),
        ];

        // RFC 8441 §3: it is 0 until something else is said.
        WriteFirstSettings(Limits.WebSockets ? settings : settings[..^1]);
    }

    /// <summary>The same host as the base has, as a server's.</summary>
    internal new IConnectionHost Host { get; }

    /// <summary>How many requests were cut while work for them goes on away from the loop: they are as good as open.</summary>
    internal int HeldPlaces { get; set; }

    private protected override bool IsServer => true;

    private protected override ReadOnlySpan<byte> PeerPreface => Http2Preface.Client;

    /// <summary>The handler has completed its exchange.</summary>
    internal void Complete(Http2Stream stream)
    {
        DropIncoming(stream, opensWindow: false);
        if (stream.State is StreamState.HalfClosedLocal or StreamState.Closed)
        {
            // END_STREAM stood on the header section.
            OutgoingEnded(stream);
        }
        else
        {
            ContentComplete(stream);
        }

        Changed();
    }

    /// <summary>Ends a stream whose response cannot be completed.</summary>
    internal void Cut(Http2Stream stream, in ProtocolError error)
    {
        ResetStream(stream, error);
        Changed();
    }

    internal void ExchangeEnded(Http2Exchange exchange)
    {
        Host.ExchangeEnded(exchange);
        exchange.Clear();
        Resources.Return(exchange);
    }

    /// <summary>
    /// Takes over a request of HTTP/1.1 that asked to go on in HTTP/2 (RFC 7540 section 3.2): it is stream 1, half-closed by the client. It is answered once the client's preface has come,
    /// which is before anything else of its.
    /// </summary>
    /// <param name="settings">The payload of the SETTINGS that came with it; they need no acknowledgement.</param>
    internal void Adopt(RequestHead request, ReadOnlySpan<byte> settings)
    {
        if (!TryApplyUpgradeSettings(settings))
        {
            return;
        }

        Http2Exchange exchange = Resources.RentExchange();
        exchange.Begin(this, Host.Now, _requests++, sectionBytes: request.Length);
        exchange.Request.CopyFrom(
            request, Host.Buffers, static field => field is not (KnownField.Connection or KnownField.Upgrade or KnownField.Http2Settings or KnownField.KeepAlive
                or KnownField.ProxyConnection or KnownField.Te));
        exchange.Request.Version = ProtocolVersion.Http2;
        Http2Stream stream = OpenStream(1, exchange);
        stream.Scheduled = Scheduler.Open(1, null, stream);
        Move(stream, StreamEvent.ReceiveHeadersAndEnd);
        exchange.Attach(stream);
        exchange.Open(bodyLength: 0, expectsContinue: false);
        Start(exchange);
    }

    // A tunnel that its handler has ended on one side is closed when he completes it, and not before he has read the other.
    private protected override void IncomingEnded(Http2Stream stream)
    {
        if (stream.User is not Http2Exchange { IsHalfClosed: true })
        {
            CloseIfEnded(stream);
        }
    }

    private protected override void OutgoingEnded(Http2Stream stream)
    {
        if (stream.User is Http2Exchange { IsHalfClosed: true })
        {
            return;
        }

        if (stream.State == StreamState.Closed)
        {
            CloseIfEnded(stream);
        }
        else
        {
            ((Http2Exchange)stream.User).BeginDiscarding();
        }
    }

    /// <summary>RFC 9113 section 8.1: a response was complete before its request, and the client is asked to send no more of that.</summary>
    internal void EndDiscarding(Http2Stream stream) =>
        ResetStream(stream, new ProtocolError(EndReason.Completed, (int)ErrorCode.NoError, ErrorScope.Exchange, ErrorOrigin.Server));

    private protected override void OnSection(
        int streamId, Http2Stream? stream, FieldSection section, bool endStream, PriorityFields? priority, int blockLength, long now)
    {
        if (stream is not null)
        {
            OnTrailers(stream, section, endStream, now);
            return;
        }

        // RFC 9113 §6.8: what comes on a stream that our GOAWAY excluded is ignored. The client may ask again elsewhere.
        if (streamId > LastAccepted)
        {
            Skip(streamId);
            Spend(FloodKind.UnknownFrames, now);
            return;
        }

        // RFC 9113 §5.1.2: more than was allowed, or than there are places while the work for cancelled requests goes on. The client may ask again.
        if (OpenByPeer + HeldPlaces >= Limits.MaxSessionStreams)
        {
            Refuse(streamId, PeerError(EndReason.TooManyStreams, ErrorCode.RefusedStream));
            return;
        }

        Http2Exchange exchange = Resources.RentExchange();
        exchange.Begin(this, now, _requests, blockLength);
        EndReason error = RequestSection.Read(section, exchange.Request, Host.Limits, Host.IsSecure);
        if (RequestSection.IsMalformed(error))
        {
            Host.Report(PeerError(error, ErrorCode.ProtocolError), exchange);
            exchange.Clear();
            Resources.Return(exchange);
            Refuse(streamId, PeerError(error, ErrorCode.ProtocolError));
            return;
        }

        _requests++;
        Http2Stream opened = OpenStream(streamId, exchange);
        Move(opened, endStream ? StreamEvent.ReceiveHeadersAndEnd : StreamEvent.ReceiveHeaders);
        RequestSection.AddFields(section, exchange.Request);
        ProtocolError depends = priority is { } fields ? Scheduler.Reprioritize(streamId, fields) : default;
        opened.Scheduled = Scheduler.Open(streamId, PriorityOf(exchange.Request), opened);
        exchange.Attach(opened);
        if (depends.IsError)
        {
            ResetStream(opened, depends);
            return;
        }

        StartRequest(exchange, opened, error, endStream);
    }

    /// <summary>What a response says of its own priority goes before what the client said (RFC 9218 section 8).</summary>
    internal void Override(Http2Stream stream, FieldBlock shared, FieldBuffer own)
    {
        foreach (ref readonly FieldEntry field in own.Fields)
        {
            if (field.Known == KnownField.Priority)
            {
                Scheduler.Override(stream.Scheduled!, PriorityField.Parse(own.At(field.Value)));
                return;
            }
        }

        foreach (ref readonly FieldEntry field in shared.Fields)
        {
            if (field.Known == KnownField.Priority)
            {
                Scheduler.Override(stream.Scheduled!, PriorityField.Parse(shared.At(field.Value)));
                return;
            }
        }
    }

    private protected override void TellStopping(Http2Stream stream)
    {
        var exchange = (Http2Exchange)stream.User;
        if (exchange.Handler is { } handler && exchange.IsOpen)
        {
            handler.OnStopping(exchange);
        }
    }

    private static StreamPriority? PriorityOf(RequestHead request) =>
        request.Has(KnownField.Priority) ? PriorityField.Parse(request.Value(KnownField.Priority)).Over(StreamPriority.Default) : null;

    private void StartRequest(Http2Exchange exchange, Http2Stream stream, EndReason error, bool endStream)
    {
        long length = 0;
        bool expectsContinue = false;
        if (error == EndReason.None)
        {
            error = RequestFraming.Determine(exchange.Request, Host.Limits.RequestBody, out length);
        }

        if (error == EndReason.None)
        {
            error = RequestFraming.DetermineExpectation(exchange.Request, out expectsContinue);
        }

        if (exchange.Request.Method == Method.Connect && error == EndReason.None)
        {
            // RFC 9110 §9.3.6: a CONNECT has no content; what follows is a tunnel's, if anybody's.
            exchange.OpenConnect();
            if (length > 0)
            {
                ResetStream(stream, PeerError(EndReason.ContentLengthMismatch, ErrorCode.ProtocolError));
                return;
            }

            Start(exchange);
            return;
        }

        exchange.Open(endStream ? 0 : exchange.Request.Has(KnownField.ContentLength) ? length : Exchange.UnknownLength, expectsContinue);
        if (endStream && length != 0 && error == EndReason.None)
        {
            ResetStream(stream, PeerError(EndReason.ContentLengthMismatch, ErrorCode.ProtocolError));
        }
        else if (error == EndReason.None)
        {
            NoteRequest(exchange.Request);
            Start(exchange);
        }
        else
        {
            uint generation = exchange.Generation;
            exchange.Fail(error, Refusal.StatusOf(error), ErrorOrigin.Peer, tellHandler: false);
            KeepHead(exchange, generation);
        }
    }

    private void Start(Http2Exchange exchange)
    {
        uint generation = exchange.Generation;
        exchange.Started();
        Host.Start(exchange);
        if (exchange.Generation == generation && exchange.IsOpen && exchange.Handler is null)
        {
            exchange.Abort(EndReason.HandlerFailed);
        }

        KeepHead(exchange, generation);
    }

    // The section's memory is the next one's: an exchange that is not over keeps a copy.
    private void KeepHead(Http2Exchange exchange, uint generation)
    {
        if (exchange.Generation == generation && exchange.IsInUse)
        {
            if (exchange.IsTunnel || exchange.HasOpenEnd)
            {
                exchange.Request.RetainForLong(Host.Buffers);
                exchange.ResponseFields.RetainForLong();
            }
            else
            {
                exchange.Request.Retain(Host.Buffers);
            }
        }
    }

    // RFC 9113 §8.1: a second section is the trailers, and ends the stream.
    private void OnTrailers(Http2Stream stream, FieldSection section, bool endStream, long now)
    {
        // RFC 9113 §8.5: a tunnel has DATA alone.
        bool isOfTunnel = !((Http2Exchange)stream.User).Request.Protocol.IsEmpty;
        if (isOfTunnel || !endStream || section.HasPseudoFields || section.FieldFault != EndReason.None)
        {
            ResetStream(stream, PeerError(endStream && !isOfTunnel ? EndReason.InvalidTrailer : EndReason.StreamStateViolated, ErrorCode.ProtocolError));
            return;
        }

        if (stream.ExpectedContent >= 0 && stream.ReceivedContent != stream.ExpectedContent)
        {
            ResetStream(stream, PeerError(EndReason.ContentLengthMismatch, ErrorCode.ProtocolError));
            return;
        }

        Move(stream, StreamEvent.ReceiveHeadersAndEnd);
        stream.User.OnIncoming(now);
        CloseIfEnded(stream);
    }

    // A stream that never opens counts as opened and closed (RFC 9113 §5.1.1).
    private void Refuse(int streamId, in ProtocolError error)
    {
        Skip(streamId);
        WriteReset(streamId, error);
    }

    private protected override void OnPromise(Http2Stream? stream, int promisedStreamId, FieldSection section) =>
        throw new InvalidOperationException("A client cannot push: PUSH_PROMISE was refused.");
}
