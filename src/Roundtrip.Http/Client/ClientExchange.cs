using Roundtrip.Core;

namespace Roundtrip.Http;

/// <summary>
/// One request and its response as a client has them, the same in whatever version. <see cref="IClientEngine.Start"/> makes it and sends the head; then <see cref="Write"/> any number of
/// times and <see cref="Complete"/> once, where the request has content. Or <see cref="Cancel"/>, at any time. All of it happens on the loop that owns the connection.
/// </summary>
public abstract class ClientExchange
{
    // RFC 9110 §15.2 knows no bound. Deviates: a server that sends nothing but interim responses would hold its client for ever.
    private const int MostInterimResponses = 100;

    private int _interimResponses;

    private protected ClientExchange(ClientRequest request, IClientExchangeHandler handler) => (Request, Handler) = (request, handler);

    public ClientRequest Request { get; }

    public IClientExchangeHandler Handler { get; }

    /// <summary>The status that came last; 0 before the first.</summary>
    public int Status { get; private protected set; }

    /// <summary>The version in which the response came.</summary>
    public ProtocolVersion Version { get; private protected set; }

    /// <summary>The fields that came with <see cref="Status"/>.</summary>
    public FieldBuffer Fields { get; } = new();

    /// <summary>The fields that came behind the content. HTTP/1 drops them (RFC 9112 section 7.1.2).</summary>
    public FieldBuffer Trailers { get; } = new();

    /// <summary>Whether the final response has come.</summary>
    public bool HasResponded { get; private set; }

    /// <summary>How many bytes of content came, without framing.</summary>
    public long ContentReceived { get; private set; }

    /// <summary>Why the exchange ended; <see cref="EndReason.None"/> while it has not.</summary>
    public EndReason EndReason { get; private set; }

    public bool IsOver => EndReason != EndReason.None;

    /// <summary>Whether content is held back: <see cref="Pause"/>.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Copies content into the request, as much as there is room for.</summary>
    /// <returns>
    /// How many bytes were taken. When fewer than given, <see cref="IClientExchangeHandler.OnWritable"/> follows. An exchange that is over takes all and sends none.
    /// </returns>
    /// <exception cref="InvalidOperationException">More than the request's Content-Length.</exception>
    public abstract int Write(ReadOnlySpan<byte> content);

    /// <summary>Ends the request's content.</summary>
    /// <exception cref="InvalidOperationException">Less than the request's Content-Length was written.</exception>
    public abstract void Complete();

    /// <summary>Gives the exchange up. OnEnded is called within.</summary>
    public abstract void Cancel(EndReason reason = EndReason.Cancelled);

    /// <summary>
    /// Holds content back, and what stands behind it, until <see cref="Resume"/>. HTTP/1.1 reads no more of the connection, HTTP/2 gives the stream no more window: no more is held than that
    /// had open (<see cref="Http2.Http2Limits.MaxWindowSize"/> bounds all streams of a connection), and the server waits. Nothing is timed: who never resumes cancels.
    /// </summary>
    public void Pause() => IsPaused = !IsOver;

    /// <summary>Lets the response go on. What is here already is told within.</summary>
    public void Resume()
    {
        if (IsPaused && !IsOver)
        {
            IsPaused = false;
            GoOn();
        }
    }

    /// <summary>Tells what was held back.</summary>
    private protected abstract void GoOn();

    /// <summary>Tells of an interim response.</summary>
    /// <returns>False when there were too many: then nobody is told.</returns>
    private protected bool TryInform()
    {
        if (++_interimResponses > MostInterimResponses)
        {
            return false;
        }

        Handler.OnInformational(this);
        return true;
    }

    private protected void Respond()
    {
        HasResponded = true;
        Handler.OnResponse(this);
    }

    private protected void TakeContent(ReadOnlySpan<byte> content)
    {
        ContentReceived += content.Length;
        Handler.OnContent(this, content);
    }

    private protected void End(EndReason reason, bool isRetryable)
    {
        if (!IsOver)
        {
            EndReason = reason;
            Handler.OnEnded(this, reason, isRetryable);
        }
    }
}
