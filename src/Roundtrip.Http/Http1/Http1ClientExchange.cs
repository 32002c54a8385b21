using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>An exchange on a connection of HTTP/1.1: the request's content, by Content-Length or in chunks.</summary>
internal sealed class Http1ClientExchange : ClientExchange
{
    private readonly Http1ClientConnection _connection;
    private long _unwritten;
    private bool _wantsRoom;
    private bool _isSwitched;

    public Http1ClientExchange(Http1ClientConnection connection, ClientRequest request, IClientExchangeHandler handler)
        : base(request, handler)
    {
        _connection = connection;
        _unwritten = request.ContentLength;
        IsRequestComplete = request.ContentLength == 0;
    }

    public bool IsRequestComplete { get; private set; }

    public override int Write(ReadOnlySpan<byte> content)
    {
        if (IsOver || content.IsEmpty)
        {
            return content.Length;
        }

        bool isChunked = Request.ContentLength == Exchange.UnknownLength;
        if (!_isSwitched && (IsRequestComplete || (!isChunked && content.Length > _unwritten)))
        {
            throw new InvalidOperationException("More content was written than the request has.");
        }

        OutputQueue output = _connection.Host.Output;
        int taken = (int)Math.Clamp(IConnectionEngine.HighWater - output.Length, 0, content.Length);
        _wantsRoom = taken < content.Length;
        if (taken == 0)
        {
            return 0;
        }

        if (_isSwitched || !isChunked)
        {
            output.Write(content[..taken]);
            _unwritten -= taken;
        }
        else
        {
            Chunk.WriteSize(output, taken);
            output.Write(content[..taken]);
            Chunk.WriteEnd(output);
        }

        _connection.Changed();
        return taken;
    }

    public override void Complete()
    {
        if (IsOver || IsRequestComplete)
        {
            return;
        }

        if (_unwritten > 0)
        {
            throw new InvalidOperationException("Less content was written than the request has.");
        }

        IsRequestComplete = true;
        if (Request.ContentLength == Exchange.UnknownLength)
        {
            Chunk.WriteLast(_connection.Host.Output);
        }

        _connection.Changed();
    }

    public override void Cancel(EndReason reason)
    {
        if (!IsOver)
        {
            _connection.Cancel(reason);
        }
    }

    /// <returns>False when there were too many of them.</returns>
    public bool TryInform(int status, ProtocolVersion version)
    {
        (Status, Version) = (status, version);
        bool isTold = TryInform();
        Fields.Clear();
        return isTold;
    }

    public void Responded(int status, ProtocolVersion version)
    {
        (Status, Version) = (status, version);
        Respond();
    }

    public void Switched(ProtocolVersion version)
    {
        _isSwitched = true;
        Responded(101, version);
    }

    public void Received(ReadOnlySpan<byte> content) => TakeContent(content);

    public void Drained()
    {
        if (_wantsRoom && !IsOver)
        {
            _wantsRoom = false;
            Handler.OnWritable(this);
        }
    }

    private protected override void GoOn() => _connection.GoOn();

    public void Ended(EndReason reason, bool isRetryable) => End(reason, isRetryable);
}
