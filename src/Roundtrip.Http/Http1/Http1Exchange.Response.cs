using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

// The response: head, content in one of its framings, end.
public sealed partial class Http1Exchange
{
    private static readonly byte[] CloseLine = MakeCloseLine();

    private ResponseFraming _framing;
    private bool _wantsRoom;
    private bool _sentClose;
    private bool _isWritingEnded;

    // What had been sent when the head's fields were whole, all but its empty line; less than 0 where there is no head yet, or that is more than the field can say, by interim responses.
    private int _sentWithFields;

    // How much of the length that the handler gave is still to be written; less than 0 where it gave none.
    private long _unwritten;

    /// <summary>Whether part of the response is sent from a file.</summary>
    internal bool SendsFile { get; private set; }

    public override bool CanWrite
    {
        get
        {
            if (!IsOpen || !HasResponded || _isWritingEnded)
            {
                return false;
            }

            _wantsRoom |= !HasRoom;
            return !_wantsRoom;
        }
    }

    public override bool IsResponseChunked => _framing == ResponseFraming.Chunked;

    public override ReadOnlySpan<byte> SentConnectionOption =>
        Status == 101 ? "Upgrade"u8
        : Status == 0 || Request.Version == ProtocolVersion.Http09 ? default
        : _sentClose ? "close"u8
        : Request.Version == ProtocolVersion.Http10 ? "keep-alive"u8
        : default;

    private bool HasRoom => _connection!.Host.OutputLength < IConnectionEngine.HighWater;

    public override void Inform(int status, FieldBlock fields)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 199);
        ArgumentOutOfRangeException.ThrowIfEqual(status, 101);

        // RFC 9110 §15.2: a server MUST NOT send 1xx to an HTTP/1.0 client.
        if (!IsOpen || HasResponded || Request.Version != ProtocolVersion.Http11)
        {
            return;
        }

        OutputQueue output = _connection!.Host.Output;
        long before = output.Length;
        output.Write(_connection.Host.StatusLines.LineOf(status));
        output.Write(fields.Http1Lines);
        output.Write("\r\n"u8);
        BytesSent += output.Length - before;
        _expectsContinue &= status != 100;
        _connection.Changed();
    }

    public override void Respond(int status, FieldBlock fields, long contentLength = UnknownLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 200);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 999);
        if (!IsOpen)
        {
            return;
        }

        if (HasResponded)
        {
            throw new InvalidOperationException("The final response has begun.");
        }

        CloseIfBodyStaysUnread();
        Status = status;

        // RFC 9110 §8.6: no Content-Length with 204; §15.3.6: 205 has no content.
        long announced = status == 204 ? UnknownLength : status == 205 ? 0 : contentLength;
        _framing = FramingFor(status, contentLength);
        _unwritten = status is 204 or 205 ? 0 : contentLength;
        if (_framing == ResponseFraming.UntilClose)
        {
            _connection!.DoNotPersist(EndReason.Completed);
        }

        IConnectionHost host = _connection!.Host;
        RespondedTimestamp = host.Timestamp;
        if (Request.Version != ProtocolVersion.Http09)
        {
            OutputQueue output = host.Output;
            long before = output.Length;
            ReadOnlySpan<byte> start = host.StatusLines.StartOf(status);
            if (!ReasonPhrase.IsEmpty)
            {
                // RFC 9112 §4: the phrase is the handler's; what stands behind the line is the server's.
                int end = start.IndexOf((byte)'\n') + 1;
                output.Write(start[..StatusLines.ReasonOffset]);
                output.Write(ReasonPhrase);
                output.Write("\r\n"u8);
                start = start[end..];
            }

            ResponseHead.Write(
                output, start, host.Date, fields, ResponseFields, announced, _framing == ResponseFraming.Chunked, ConnectionLine());
            BytesSent += output.Length - before;
            _sentWithFields = BytesSent <= int.MaxValue ? (int)BytesSent - 2 : -1;
            (SharedFields, SentContentLength) = (fields, announced);
        }

        _connection.Changed();
    }

    public override void DoNotPersist()
    {
        if (IsOpen)
        {
            _connection!.DoNotPersist(EndReason.Completed);
        }
    }

    public override int Write(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty || !TryBeginContent(content.Length))
        {
            return content.Length;
        }

        int taken = 0;
        for (bool leaves = true; taken < content.Length;)
        {
            int count = WritePiece(content[taken..], ref leaves);
            if (count == 0)
            {
                _wantsRoom = true;
                break;
            }

            taken += count;
        }

        return taken;
    }

    // As much as waits at most; what does not leave at once is copied.
    private int WritePiece(ReadOnlySpan<byte> content, ref bool leaves)
    {
        IConnectionHost host = _connection!.Host;
        int count = (int)Math.Clamp(IConnectionEngine.HighWater - host.OutputLength, 0, content.Length);
        if (count > 0)
        {
            BeginPiece(host.Output, count);
            int sent = leaves && count >= host.Limits.WorthACall ? host.SendThrough(content[..count]) : 0;
            leaves = sent == count;
            host.Output.Write(content[sent..count]);
            EndPiece(host.Output, count);
        }

        return count;
    }

    public override void WriteShared(byte[] pinned, int offset, int count)
    {
        if (count > 0 && TryBeginContent(count))
        {
            OutputQueue output = _connection!.Host.Output;
            BeginPiece(output, count);
            output.WriteShared(pinned, offset, count);
            EndPiece(output, count);
        }
    }

    public override void WriteFile(FileBody file, long offset, long count)
    {
        if (count > 0 && TryBeginContent(count))
        {
            OutputQueue output = _connection!.Host.Output;
            BeginPiece(output, count);
            output.WriteFile(file, offset, count);
            SendsFile = true;
            EndPiece(output, count);
        }
    }

    public override void Complete()
    {
        if (!IsOpen)
        {
            return;
        }

        if (!HasResponded)
        {
            throw new InvalidOperationException("Complete before Respond.");
        }

        if (_unwritten > 0 && _framing != ResponseFraming.Absent)
        {
            _connection!.Fail(EndReason.HandlerWroteTooLittle, 0, ErrorOrigin.Handler, tellHandler: false);
            return;
        }

        if (_framing == ResponseFraming.Chunked)
        {
            BytesSent += Chunk.WriteLast(_connection!.Host.Output);
        }

        IsOpen = false;
        _connection!.ResponseCompleted();
    }

    internal void WriteRefusal(int status, EndReason sentence)
    {
        IConnectionHost host = _connection!.Host;
        Status = status;
        RespondedTimestamp = host.Timestamp;
        OutputQueue output = host.Output;
        long before = output.Length;
        ContentSent = Refusal.Write(output, host.StatusLines.StartOf(status), sentence, host.Date, ResponseFields, Request.Method == Method.Head);
        BytesSent += output.Length - before;
        _sentClose = true;
        (SharedFields, SentContentLength) = (Refusal.Fields, Refusal.LengthOf(sentence));
    }

    /// <summary>
    /// The connection will not outlive the exchange, which nobody knew before (RFC 9112 section 9.6). A head that has not begun will say so, and one that waits to be sent still can; one that has gone said
    /// what was known then. A client of 1.0 has been told that the connection persists, by a line that stands there.
    /// </summary>
    internal void SayClose()
    {
        long behind = BytesSent - _sentWithFields;
        IConnectionHost host = _connection!.Host;
        if (_sentWithFields >= 0 && Request.Version == ProtocolVersion.Http11 && host.OutputLength >= behind && host.Output.TryInsert(CloseLine, behind))
        {
            BytesSent += CloseLine.Length;
            _sentClose = true;
        }
    }

    /// <summary>The output has room again.</summary>
    internal void OnDrained()
    {
        if (_wantsRoom)
        {
            _wantsRoom = false;
            Handler?.OnWritable(this);
        }
    }

    private void BeginResponse()
    {
        _framing = ResponseFraming.None;
        _wantsRoom = false;
        _sentClose = false;
        _isWritingEnded = false;
        _unwritten = 0;
        _sentWithFields = -1;
        SendsFile = false;
        BytesSent = 0;
        RespondedTimestamp = 0;
        SentContentLength = UnknownLength;
    }

    private void BeginTunnelResponse()
    {
        _framing = ResponseFraming.UntilClose;
        _unwritten = UnknownLength;
    }

    // RFC 9112 §6.3, seen from the sender.
    private ResponseFraming FramingFor(int status, long contentLength)
    {
        if (Request.Method == Method.Head || status == 304)
        {
            return ResponseFraming.Absent;
        }

        if (contentLength >= 0 || status is 204 or 205)
        {
            return Request.Version == ProtocolVersion.Http09 ? ResponseFraming.UntilClose : ResponseFraming.Length;
        }

        // RFC 9112 §6.1: no Transfer-Encoding to a client that did not say 1.1.
        return Request.Version == ProtocolVersion.Http11 ? ResponseFraming.Chunked : ResponseFraming.UntilClose;
    }

    private ReadOnlySpan<byte> ConnectionLine()
    {
        _sentClose = !_connection!.Persists;
        if (_sentClose)
        {
            return CloseLine;
        }

        // RFC 9112 §9.3: to 1.1 clients persistence goes without saying; 1.0 clients want to be told (appendix C.2.2).
        return Request.Version == ProtocolVersion.Http10 ? "Connection: keep-alive\r\n"u8 : default;
    }

    private static byte[] MakeCloseLine()
    {
        ReadOnlySpan<byte> line = "Connection: close\r\n"u8;
        byte[] pinned = GC.AllocateUninitializedArray<byte>(line.Length, pinned: true);
        line.CopyTo(pinned);
        return pinned;
    }

    // Whether content of that length can be written and is to be sent at all.
    private bool TryBeginContent(long length)
    {
        if (!IsOpen || _isWritingEnded)
        {
            return false;
        }

        switch (_framing)
        {
            case ResponseFraming.None:
                throw new InvalidOperationException("Content before Respond.");

            case ResponseFraming.Absent:
                return false;

            case var _ when _unwritten >= 0 && length > _unwritten:
                _connection!.Fail(EndReason.HandlerWroteTooMuch, 0, ErrorOrigin.Handler);
                return false;

            default:
                return true;
        }
    }

    private void BeginPiece(OutputQueue output, long length)
    {
        if (_framing == ResponseFraming.Chunked)
        {
            BytesSent += Chunk.WriteSize(output, length);
        }
    }

    private void EndPiece(OutputQueue output, long length)
    {
        if (_framing == ResponseFraming.Chunked)
        {
            BytesSent += Chunk.WriteEnd(output);
        }

        _unwritten -= length;
        ContentSent += length;
        BytesSent += length;
        _connection!.Changed();
    }
}
