using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Companions;

namespace Roundtrip.Http;

/// <summary>
/// One request and its response, the same for a handler whatever the protocol. The order of calls:
/// <list type="number">
/// <item>The server calls <see cref="IExchangeStarter.Start"/> when the head is complete.</item>
/// <item>The handler reads the body with <see cref="ReadBody"/>, if it wants it. Where it wants no more, it need not: what is left is
/// drained, or the connection closed, before the next request.</item>
/// <item><see cref="Inform"/> any number of times, then <see cref="Respond"/> once, <see cref="Write"/> and its kin any number of times,
/// <see cref="Complete"/> once. Or <see cref="AcceptUpgrade"/> in Respond's place. Or <see cref="Abort"/>, at any time.</item>
/// </list>
/// All of it happens on the loop that owns the connection. A handler that does not complete within Start sets <see cref="Handler"/> first,
/// and from then on checks <see cref="Generation"/> before it touches an exchange that it kept: after its end the object serves another
/// request.
/// </summary>
public abstract class Exchange
{
    /// <summary>The length to give to <see cref="Respond"/> when it is not known beforehand.</summary>
    public const long UnknownLength = -1;

    private byte[] _reason = [];
    private int _reasonLength;

    /// <summary>The request. Valid while the exchange is open.</summary>
    public RequestHead Request { get; } = new();

    /// <summary>Changes each time the object begins to serve another request.</summary>
    public uint Generation { get; protected set; }

    /// <summary>What the site knows of the request, for its own later use: its log above all. Forgotten at the end.</summary>
    public object? Context { get; set; }

    /// <summary>Who was asked to answer it: whoever carries it tells him of its end, even when another has taken his place meanwhile.</summary>
    public object? Owner { get; set; }

    /// <summary>Who is told what happens after Start. Null for a handler that answers within it.</summary>
    public IExchangeHandler? Handler
    {
        get;
        set
        {
            field = value;
            EndsWithClient = false;
            MayWaitLong = false;
        }
    }

    /// <summary>
    /// Whether a client that sends no more, once its whole request is here, is taken to have left: what answers works for nobody then. In HTTP/1 a client that closes its connection cannot be told
    /// from one that closes its own side and still reads, so this is for answers that take long to compute; an HTTP/2 client says which it is. Set it after <see cref="Handler"/>, to which it belongs.
    /// </summary>
    public bool EndsWithClient
    {
        get;
        set
        {
            field = value;
            if (value)
            {
                // Whoever looks out for the end may have asked for nothing so far.
                Connection.Wake();
            }
        }
    }

    /// <summary>Whether nothing may happen for long before it is answered, as with a poll that waits for news: then its request is kept in memory of its length, and no buffer is. Set it after <see cref="Handler"/>, to which it belongs.</summary>
    public bool MayWaitLong { get; set; }

    /// <summary>Whether its response is under way and goes on for as long as the client stays, as events do; or waits as long before it begins.</summary>
    internal bool HasOpenEnd => MayWaitLong || (EndsWithClient && HasResponded);

    /// <summary>The connection that carries the exchange.</summary>
    public abstract IConnectionHost Connection { get; }

    /// <summary>When the request's first byte was seen, in the loop's milliseconds.</summary>
    public long StartedAt { get; protected set; }

    /// <summary>How many requests the connection had before this one; 0 for the first.</summary>
    public int IndexOnConnection { get; protected set; }

    /// <summary>When the request's first byte was seen, as <see cref="IConnectionHost.Timestamp"/> has it; 0 where the host keeps no such time.</summary>
    public long StartedTimestamp { get; protected set; }

    /// <summary>When the final response began, as <see cref="IConnectionHost.Timestamp"/> has it; 0 before that, or where the host keeps no such time.</summary>
    public long RespondedTimestamp { get; protected set; }

    /// <summary>What names the exchange in the error log, once a line there was about it. Forgotten at the end.</summary>
    public string? LogId { get; set; }

    /// <summary>The bytes of the request that have come and were taken: head and content with their framing, before any encryption.</summary>
    public virtual long BytesReceived => 0;

    /// <summary>The bytes of the response so far: interim ones, head and content with their framing, before any encryption. At the end, what did not go out is not among them.</summary>
    public long BytesSent { get; protected set; }

    /// <summary>The fields that were given to <see cref="Respond"/>; with <see cref="ResponseFields"/> all but those of the engine.</summary>
    public FieldBlock SharedFields { get; protected set; } = FieldBlock.Empty;

    /// <summary>The Content-Length that was sent; less than 0 where none was.</summary>
    public long SentContentLength { get; protected set; } = UnknownLength;

    /// <summary>The value of the Connection field that was sent; empty where none was.</summary>
    public virtual ReadOnlySpan<byte> SentConnectionOption => default;

    /// <summary>Whether the response has Transfer-Encoding: chunked.</summary>
    public virtual bool IsResponseChunked => false;

    /// <summary>The final status that was sent; 0 before that.</summary>
    public int Status { get; protected set; }

    /// <summary>How many bytes of content the response has so far, without framing.</summary>
    public long ContentSent { get; protected set; }

    /// <summary>Why the exchange ended; <see cref="EndReason.None"/> while it is open.</summary>
    public EndReason EndReason { get; protected set; }

    public bool HasResponded => Status != 0;

    /// <summary>Whether the request has content, of whatever length.</summary>
    public abstract bool HasBody { get; }

    /// <summary>The content's length where the request says it, 0 for no content, <see cref="UnknownLength"/> for a chunked one.</summary>
    public abstract long BodyLength { get; }

    /// <summary>The trailer fields of the request's content that have come (RFC 9110 section 6.5); null where there can be none, or <see cref="IConnectionHost.KeepsTrailers"/> says that nobody wants them.</summary>
    public virtual FieldBuffer? RequestTrailers => null;

    /// <summary>
    /// Fields of this response alone, in addition to the shared block of <see cref="Respond"/>. Add to it before Respond.
    /// </summary>
    public FieldBuffer ResponseFields { get; } = new();

    /// <summary>
    /// The reason phrase of the response, where the version has one (RFC 9112 section 4); empty for that of the status code's registration. Set it before <see cref="Respond"/>.
    /// </summary>
    public ReadOnlySpan<byte> ReasonPhrase
    {
        get => _reason.AsSpan(0, _reasonLength);
        set
        {
            if (!FieldRules.IsValue(value))
            {
                throw new ArgumentException("A reason phrase must be free of control characters.", nameof(value));
            }

            if (value.Length > _reason.Length)
            {
                _reason = new byte[value.Length];
            }

            value.CopyTo(_reason);
            _reasonLength = value.Length;
        }
    }

    /// <summary>
    /// Bounds the request's content by what its resource allows, in the place of <see cref="HttpLimits.RequestBody"/>. Call it before content is read. Content that says its length is refused at once, other
    /// content when it passes the limit: by 413, with its line in the error log.
    /// </summary>
    /// <param name="limit">In bytes; 0 for no limit.</param>
    /// <returns>Whether the exchange goes on; otherwise it has ended.</returns>
    public abstract bool LimitBody(long limit);

    /// <summary>
    /// Says for how long the client may take nothing of the response, or send nothing of the content that is waited for, in the place of <see cref="HttpLimits.Timeout"/>: H2StreamTimeout. Call it before content
    /// is read and before <see cref="Respond"/>. HTTP/1 has no streams, and its connection's time stays what it is.
    /// </summary>
    /// <param name="milliseconds">0 for no limit.</param>
    public virtual void LimitWaits(int milliseconds)
    {
    }

    /// <summary>
    /// Goes over to the limits of the host that the request is for. Call it first of all. Over HTTP/1 they are the connection's until the next request's host is known, KeepAlive, KeepAliveTimeout and
    /// MaxKeepAliveRequests with them. An HTTP/2 connection bears requests for several hosts at a time: its stream takes Timeout alone.
    /// </summary>
    public abstract void UseLimits(HttpLimits limits);

    /// <summary>Copies what has come of the request's content. The first call sends 100 (Continue) where the client waits for it.</summary>
    public abstract BodyRead ReadBody(Span<byte> destination);

    /// <summary>Sends an interim response (1xx) where the version has them; status 101 is <see cref="AcceptUpgrade"/>'s.</summary>
    public abstract void Inform(int status, FieldBlock fields);

    /// <summary>
    /// Asks that the connection carry no exchange after this one, where that is the protocol's way (RFC 9112 section 9.6). Before <see cref="Respond"/>, or as long as the head of the response waits to be
    /// sent: later the client cannot be told any more.
    /// </summary>
    public abstract void DoNotPersist();

    /// <summary>Whether what the response's fields name may be pushed, where the protocol has that. Before <see cref="Respond"/>.</summary>
    public bool AllowsPush { get; set; } = true;

    /// <summary>What is known to be fetched with this page: promised with its response where the client takes pushes, as what the response's fields name is. Before <see cref="Respond"/>.</summary>
    public IReadOnlyList<Companion> Companions { get; set; } = [];

    /// <summary>Begins the final response.</summary>
    /// <param name="status">200 to 999.</param>
    /// <param name="fields">Shared fields, never framing fields, Date or Server.</param>
    /// <param name="contentLength">
    /// The exact length of the content, or <see cref="UnknownLength"/>. For HEAD and 304, what GET would have had; nothing need be written then.
    /// </param>
    public abstract void Respond(int status, FieldBlock fields, long contentLength = UnknownLength);

    /// <summary>Whether a <see cref="Write"/> now would take anything. When not, and the exchange is open, OnWritable follows.</summary>
    public abstract bool CanWrite { get; }

    /// <summary>Copies content into the response, as much as there is room for.</summary>
    /// <returns>
    /// How many bytes were taken. When fewer than given, <see cref="IExchangeHandler.OnWritable"/> follows. An exchange that has ended takes all and keeps none.
    /// </returns>
    public abstract int Write(ReadOnlySpan<byte> content);

    /// <summary>Sends content from a pinned array that nobody will change any more. It is taken whole; ask <see cref="CanWrite"/> first where there is much.</summary>
    public abstract void WriteShared(byte[] pinned, int offset, int count);

    /// <summary>Sends a stretch of a file. It is taken whole, and a reference to the file is held until it is sent.</summary>
    public abstract void WriteFile(FileBody file, long offset, long count);

    /// <summary>Ends the response. Afterwards the exchange is no longer the handler's.</summary>
    public abstract void Complete();

    /// <summary>Gives the exchange up: 500 where nothing was sent yet, otherwise the response is cut so that the client can tell.</summary>
    /// <param name="origin">Who caused it, which is how loud the error log says it.</param>
    public abstract void Abort(EndReason reason, ErrorOrigin origin = ErrorOrigin.Handler);

    /// <summary>
    /// Whether the request asks to go on in another protocol and has no final response yet: by <c>Upgrade</c> in HTTP/1.1 (RFC 9110 section 7.8), by a CONNECT with
    /// <c>:protocol</c> in HTTP/2 (RFC 8441 section 4). Who does not take it answers as ever: the bytes behind the request are then no tunnel's.
    /// </summary>
    public abstract bool CanUpgrade { get; }

    /// <summary>Whether the exchange has become a tunnel, by <see cref="AcceptUpgrade"/>.</summary>
    public bool IsTunnel { get; private protected set; }

    /// <summary>Whether <paramref name="protocol"/> is among those that the request asks to go on in. Case does not count.</summary>
    public bool AsksFor(ReadOnlySpan<byte> protocol)
    {
        if (!CanUpgrade)
        {
            return false;
        }

        if (!Request.Protocol.IsEmpty)
        {
            return Ascii.EqualsIgnoreCase(Request.Protocol, protocol);
        }

        foreach (ref readonly FieldEntry field in Request.Fields)
        {
            if (field.Known != KnownField.Upgrade)
            {
                continue;
            }

            ReadOnlySpan<byte> list = Request.At(field.Value);
            foreach (Range item in list.Split((byte)','))
            {
                if (Ascii.EqualsIgnoreCase(FieldRules.Trim(list[item]), protocol))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// Goes on in another protocol: answers 101, or 200 in HTTP/2, and from then on the exchange is a tunnel. <see cref="ReadBody"/> gives the client's bytes, and End when the client will send
    /// no more, which ends nothing else; <see cref="Write"/> and its kin send; <see cref="Complete"/> ends the tunnel when all is sent, and <see cref="Abort"/> cuts it. A tunnel
    /// has no limit of bytes, and none of time for a client that is silent: who accepts it keeps the time.
    /// </summary>
    /// <param name="protocol">What was asked for (<see cref="AsksFor"/>), as the Upgrade field is to say it.</param>
    /// <param name="fields">Shared fields of the response, without Upgrade and Connection; <see cref="ResponseFields"/> go with them.</param>
    /// <exception cref="InvalidOperationException"><see cref="CanUpgrade"/> is false, and the exchange is open.</exception>
    public abstract void AcceptUpgrade(ReadOnlySpan<byte> protocol, FieldBlock fields);

    /// <summary>
    /// Ends our side of a tunnel when what was written is sent, while the client's goes on: it gets the end of the connection, or END_STREAM, and <see cref="ReadBody"/> gives what it still sends.
    /// <see cref="Complete"/> then ends the rest.
    /// </summary>
    /// <exception cref="InvalidOperationException">The exchange is open and is no tunnel.</exception>
    public abstract void EndWriting();

    /// <summary>Whether the connection is to end in good order, so that what has no end of its own should not begin: see <see cref="IExchangeHandler.OnStopping"/>.</summary>
    public virtual bool IsStopping => false;

    /// <summary>
    /// Says that work for the exchange goes on away from its loop, and may do so for a while when the exchange is over. Where a connection bears several exchanges, that of a request that was
    /// cancelled counts as one of them until its end: or whoever opens and cancels requests would get more work done than may be open (CVE-2023-44487).
    /// </summary>
    /// <returns>What to release at the work's end, on the loop; null where a connection does not outlive its exchange.</returns>
    public virtual IExchangeHold? Hold() => null;

    /// <summary>The object begins to serve another request.</summary>
    /// <param name="index">How many requests the connection had before this one.</param>
    private protected void BeginLife(IConnectionHost host, long now, int index)
    {
        Generation++;
        StartedAt = now;
        StartedTimestamp = host.Timestamp;
        IndexOnConnection = index;
        Status = 0;
        ContentSent = 0;
        EndReason = EndReason.None;
        IsTunnel = false;
    }

    /// <summary>Forgets the request and all that anybody has put here.</summary>
    private protected void EndLife(BufferPool buffers)
    {
        Request.Reset(buffers);
        ResponseFields.Clear();
        SharedFields = FieldBlock.Empty;
        LogId = null;
        Handler = null;
        Context = null;
        Owner = null;
        AllowsPush = true;
        _reasonLength = 0;
        Companions = [];
    }
}
