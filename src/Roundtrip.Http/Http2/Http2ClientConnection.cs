using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Http2;

/// <summary>The client's side of an HTTP/2 connection: requests go out on streams 1, 3, 5 and so on, header sections that come are responses, trailers or promises.</summary>
public sealed class Http2ClientConnection : Http2Connection, IClientEngine
{
    // RFC 9113 §5.1.1: in order, and never again once they are used up.
    private long _nextStreamId = 1;

    /// <param name="acceptsPush">SETTINGS_ENABLE_PUSH: whether the server may promise responses, for handlers to take or refuse.</param>
    public Http2ClientConnection(IEngineHost host, Http2Resources resources, bool acceptsPush = false)
        : base(host, resources, host.Limits.Http2)
    {
        HttpLimits limits = host.Limits;
        SectionLimits = new FieldLimits(limits.RequestFields, limits.RequestHead);
        host.Output.Write(Http2Preface.Client);

        // Content is read as it comes, so nothing is gained by a small window.
        WriteFirstSettings(
            new Setting(SettingsParameter.EnablePush, acceptsPush ? 1u : 0u),
            new Setting(SettingsParameter.MaxConcurrentStreams, (uint)Limits.MaxSessionStreams),
            new Setting(SettingsParameter.InitialWindowSize, (uint)Math.Max(Limits.WindowSize, FirstStreamWindow)),
            new Setting(SettingsParameter.MaxHeaderListSize, (uint)limits.RequestHead));
    }

    private const int FirstStreamWindow = 256 * 1024;

    // RFC 9113 §5.1.2: promises do not count among ours.
    public bool CanStart => !IsLeaving && Streams.Count - OpenByPeer < PeerSettings.MaxConcurrentStreams;

    public bool IsLeaving => !IsUsable || IsGoingAway || RequiresHttp1 || _nextStreamId > int.MaxValue;

    public bool RequiresHttp1 { get; private set; }

    public int Started { get; private set; }

    /// <summary>Whether the server has said that it takes a request with <see cref="ClientRequest.Protocol"/>. It may do so at any time, and never takes it back.</summary>
    public bool TakesProtocol => PeerSettings.EnableConnectProtocol;

    private protected override bool IsServer => false;

    // RFC 9113 §3.4: a server's preface is its SETTINGS alone.
    private protected override ReadOnlySpan<byte> PeerPreface => default;

    public ClientExchange Start(ClientRequest request, IClientExchangeHandler handler)
    {
        if (!CanStart)
        {
            throw new InvalidOperationException("The connection takes no request now: ask CanStart.");
        }

        // RFC 8441 §3: a client MUST NOT use :protocol before the server has said that it may.
        if (request.Protocol is not null && !TakesProtocol)
        {
            throw new InvalidOperationException("The server has not announced extended CONNECT: ask TakesProtocol.");
        }

        int streamId = (int)_nextStreamId;
        _nextStreamId += 2;
        Started++;
        var exchange = new Http2ClientExchange(this, request, handler);
        Http2Stream stream = OpenStream(streamId, exchange);
        stream.Scheduled = Scheduler.Open(streamId, null, stream);
        exchange.Attach(stream);
        WriteRequest(stream, request);
        return exchange;
    }

    /// <summary>Ends a stream whose exchange is given up.</summary>
    internal void Cut(Http2Stream stream, in ProtocolError error)
    {
        ResetStream(stream, error);
        Changed();
    }

    /// <summary>All of a response has been read.</summary>
    internal void ResponseEnded(Http2Stream stream, bool isRequestSent)
    {
        if (isRequestSent)
        {
            CloseIfEnded(stream);
        }
        else
        {
            // RFC 9113 §8.1: the response is whole though the request is not; nobody needs the rest.
            ResetStream(stream, new ProtocolError(EndReason.Completed, (int)ErrorCode.Cancel, ErrorScope.Exchange, ErrorOrigin.Handler));
        }
    }

    private protected override void OnSection(
        int streamId, Http2Stream? stream, FieldSection section, bool endStream, PriorityFields? priority, int blockLength, long now)
    {
        var exchange = (Http2ClientExchange)stream!.User;
        EndReason error = exchange.HasResponded ? ReadTrailers(stream, exchange, section, endStream) : ReadHead(stream, exchange, section, endStream);
        if (error != EndReason.None)
        {
            Host.Report(PeerError(error, ErrorCode.ProtocolError));
            ResetStream(stream, PeerError(error, ErrorCode.ProtocolError));
            return;
        }

        // The handler may have ended it.
        if (!exchange.IsOver && endStream)
        {
            stream.User.OnIncoming(now);
        }
    }

    private protected override void OnPromise(Http2Stream? stream, int promisedStreamId, FieldSection section)
    {
        // RFC 9113 §5.1.1: a promised stream was idle, and its number is a server's.
        if (!IsIdle(promisedStreamId) || !IsOfPeer(promisedStreamId))
        {
            Fail(EndReason.InvalidPromisedStream, ErrorCode.ProtocolError);
            return;
        }

        if (OpenByPeer >= Limits.MaxSessionStreams)
        {
            Refuse(promisedStreamId, ErrorCode.RefusedStream, ErrorOrigin.Peer);
            return;
        }

        ClientRequest? promised = PromisedRequest.Read(section);
        if (promised is null)
        {
            // §8.4: a promise that may not be is a stream error of type PROTOCOL_ERROR.
            Refuse(promisedStreamId, ErrorCode.ProtocolError, ErrorOrigin.Peer);
            return;
        }

        // The stream that bore the promise may be reset by now: then nobody is asked.
        IClientExchangeHandler? taker = stream?.User is Http2ClientExchange { IsOver: false } exchange ? exchange.Handler.OnPromised(exchange, promised) : null;
        if (taker is null)
        {
            Refuse(promisedStreamId, ErrorCode.Cancel, ErrorOrigin.Handler);
            return;
        }

        var pushed = new Http2ClientExchange(this, promised, taker);
        Http2Stream opened = OpenStream(promisedStreamId, pushed);
        Move(opened, StreamEvent.ReceivePushPromise);
        pushed.Attach(opened);
    }

    private protected override void OnPeerReset(Http2Stream stream, in ProtocolError error)
    {
        RequiresHttp1 |= error.Code == (int)ErrorCode.Http11Required;
        if (stream.IsIncomingEnded)
        {
            // RFC 9113 §8.1: a response that has come whole is not discarded; its user has still to take the rest of it.
            stream.State = StreamState.Closed;
            DropOutgoing(stream);
            return;
        }

        CloseStream(stream, error);
    }

    private protected override void OnPeerLeaving(int lastStreamId, ErrorCode code)
    {
        RequiresHttp1 |= code == ErrorCode.Http11Required;
        foreach (Http2Stream stream in Streams.Where(stream => stream.Id % 2 == 1 && stream.Id > lastStreamId).ToArray())
        {
            // RFC 9113 §6.8: those were not processed, and can be sent again elsewhere.
            CloseStream(stream, PeerError(EndReason.NotProcessed, code));
        }
    }

    // The request is sent and the response may still be read by its user: who closes is whoever comes last.
    private protected override void OutgoingEnded(Http2Stream stream)
    {
    }

    private protected override bool HasHead(Http2Stream stream) => ((Http2ClientExchange)stream.User).HasResponded;

    private protected override void IncomingEnded(Http2Stream stream)
    {
    }

    private EndReason ReadHead(Http2Stream stream, Http2ClientExchange exchange, FieldSection section, bool endStream)
    {
        EndReason error = ResponseSection.Read(section, Host.Limits, out int status);
        if (error != EndReason.None)
        {
            return error;
        }

        ResponseSection.CopyFields(section, exchange.Fields);
        if (status < 200)
        {
            // RFC 9113 §8.1: a 1xx that ends the stream is malformed; so are two sections without a final one between.
            if (endStream)
            {
                return EndReason.StreamStateViolated;
            }
        }
        else
        {
            error = ResponseSection.ReadLength(exchange.Fields, out long length);
            bool hasContent = exchange.Request.Method != Method.Head && status is not (204 or 304);
            stream.ExpectedContent = hasContent ? length : 0;

            // §8.1.1: of what has no content by its nature, Content-Length says something else.
            if (error != EndReason.None || (endStream && stream.ExpectedContent > 0))
            {
                return error != EndReason.None ? error : EndReason.ContentLengthMismatch;
            }
        }

        Move(stream, endStream ? StreamEvent.ReceiveHeadersAndEnd : StreamEvent.ReceiveHeaders);
        return exchange.TryTakeHead(status) ? EndReason.None : EndReason.TooManyInterimResponses;
    }

    private EndReason ReadTrailers(Http2Stream stream, Http2ClientExchange exchange, FieldSection section, bool endStream)
    {
        // RFC 9113 §8.1: a second section behind the final one is the trailers, and ends the stream.
        EndReason error = endStream ? ResponseSection.JudgeTrailers(section, Host.Limits) : EndReason.StreamStateViolated;
        if (error == EndReason.None && stream.ExpectedContent >= 0 && stream.ReceivedContent != stream.ExpectedContent)
        {
            error = EndReason.ContentLengthMismatch;
        }

        if (error != EndReason.None)
        {
            return error;
        }

        Move(stream, StreamEvent.ReceiveHeadersAndEnd);
        ResponseSection.CopyFields(section, exchange.Trailers);
        exchange.HasTrailers = true;
        return EndReason.None;
    }

    private void WriteRequest(Http2Stream stream, ClientRequest request)
    {
        HeaderBlockWriter block = Resources.Block;
        Encoder.Begin(block);
        Encoder.Request(request.MethodName, request.Scheme, request.Authority, request.Target);
        if (request.Protocol is { } protocol)
        {
            Encoder.Add(":protocol"u8, Encoding.Latin1.GetBytes(protocol));
        }

        Encoder.Add(request.Fields);
        if (request.ContentLength > 0)
        {
            Encoder.Add("content-length"u8, request.ContentLength);
        }

        WriteSection(stream, block.Block, endStream: request.ContentLength == 0);
    }

    private void Refuse(int streamId, ErrorCode code, ErrorOrigin origin)
    {
        Skip(streamId);
        WriteReset(streamId, new ProtocolError(EndReason.Cancelled, (int)code, ErrorScope.Exchange, origin));
    }
}
