using Roundtrip.Core;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Http2;

// The response: header section, content, end.
public sealed partial class Http2Exchange
{
    private const int DateLength = 29;

    // What nghttp2 takes a section to have at most: its fields, two changes of the table's size, and the 5 bytes of a priority. A line of HTTP/1 is 4 longer than its field's name and value.
    private const int PerSection = 12 + 5;
    private const int PerField = 12;
    private const int PerLine = PerField - 4;

    private bool _hasNoContent;
    private bool _wantsRoom;
    private bool _isWritingEnded;

    // The head was longer than it may be and did not go out: nor does what follows, and the stream is reset when the handler is done, or as soon as nobody is in the midst of a call.
    private bool _isHeadTooLarge;

    // How much of the length that the handler gave is still to be written; less than 0 where it gave none.
    private long _unwritten;

    public override bool CanWrite
    {
        get
        {
            if (!IsOpen || !HasResponded || _isWritingEnded || _isHeadTooLarge)
            {
                return false;
            }

            _wantsRoom |= Room <= 0;
            return !_wantsRoom;
        }
    }

    private long Room => _connection!.Limits.StreamMaxMemSize - _stream!.Waiting;

    public override void Inform(int status, FieldBlock fields)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 199);
        ArgumentOutOfRangeException.ThrowIfEqual(status, 101);
        if (!IsOpen || HasResponded)
        {
            return;
        }

        // Nobody needs a hint, and the response comes all the same. Deviates: httpd's nghttp2 resets the stream.
        if (PerSection + StatusLength + LinesLength(fields) > _connection!.Limits.MaxHeaderBlockLength)
        {
            return;
        }

        // RFC 9113 §8.4.1: whoever takes pushes is promised what a hint would have it ask for.
        if (status == 103 && AllowsPush)
        {
            _connection.Promise(this, _stream!, fields);
        }

        HpackEncoder encoder = _connection.Encoder;
        HeaderBlockWriter block = _connection.Resources.Block;
        encoder.Begin(block);
        encoder.Status(status);
        encoder.Add(fields);
        Send(block, endStream: false);
        _expectsContinue &= status != 100;
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

        // RFC 9110 §9.3.6: any 2xx to CONNECT opens the tunnel.
        if (status < 300 && CanUpgrade)
        {
            throw new InvalidOperationException("Success opens a tunnel: call AcceptUpgrade.");
        }

        RespondWith(status, fields, contentLength);
    }

    public override int Write(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty || !TryBeginContent(content.Length))
        {
            return content.Length;
        }

        int taken = (int)Math.Clamp(Room, 0, content.Length);
        _wantsRoom |= taken < content.Length;
        if (taken > 0)
        {
            Queue().Write(content[..taken]);
            ContentAdded(taken);
        }

        return taken;
    }

    public override void WriteShared(byte[] pinned, int offset, int count)
    {
        if (count > 0 && TryBeginContent(count))
        {
            Queue().WriteShared(pinned, offset, count);
            ContentAdded(count);
        }
    }

    public override void WriteFile(FileBody file, long offset, long count)
    {
        if (count > 0 && TryBeginContent(count))
        {
            Queue().WriteFile(file, offset, count);
            ContentAdded(count);
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

        if (_isHeadTooLarge)
        {
            Fail(EndReason.ResponseHeadTooLarge, 0, ErrorOrigin.Handler, tellHandler: false);
            return;
        }

        if (_unwritten > 0 && !_hasNoContent)
        {
            Fail(EndReason.HandlerWroteTooLittle, 0, ErrorOrigin.Handler, tellHandler: false);
            return;
        }

        IsOpen = false;
        _connection!.Complete(_stream!);
    }

    void IStreamUser.OnRoom()
    {
        if (_wantsRoom && IsOpen && _stream!.Waiting <= _connection!.Limits.StreamMaxMemSize / 2)
        {
            _wantsRoom = false;
            Handler?.OnWritable(this);
        }
    }

    /// <summary>The engine's own answer: to a request that no handler saw, or that its handler failed.</summary>
    internal void WriteRefusal(int status, EndReason sentence)
    {
        // What the handler wanted to say of its own content is not so of this one.
        ResponseFields.Clear();
        _connection!.Host.Refusing(this);
        ReadOnlySpan<byte> content = Refusal.ContentOf(sentence);
        if (!SendHead(status, Refusal.Fields, content.Length))
        {
            Fail(EndReason.ResponseHeadTooLarge, 0, ErrorOrigin.Handler, tellHandler: false);
            return;
        }

        if (!_hasNoContent)
        {
            Queue().Write(content);
            ContentAdded(content.Length);
        }

        _connection!.Complete(_stream!);
    }

    private void BeginResponse()
    {
        _hasNoContent = false;
        _wantsRoom = false;
        _isWritingEnded = false;
        _isHeadTooLarge = false;
        _unwritten = 0;
        BytesSent = 0;
        RespondedTimestamp = 0;
        SentContentLength = UnknownLength;
    }

    // A handler that has begun a response does not expect that the exchange ends by it.
    private void RespondWith(int status, FieldBlock fields, long contentLength)
    {
        if (!SendHead(status, fields, contentLength))
        {
            _isHeadTooLarge = true;
            _connection!.Arm(_connection.Host.Now);
            _connection.Changed();
        }
    }

    /// <returns>False where the section is longer than it may be, and was not sent.</returns>
    private bool SendHead(int status, FieldBlock fields, long contentLength)
    {
        // RFC 9110 §8.6: no Content-Length with 204; §15.3.6: 205 has no content.
        long announced = status == 204 ? UnknownLength : status == 205 ? 0 : contentLength;
        _hasNoContent = Request.Method == Method.Head || status is 204 or 205 or 304 || contentLength == 0;
        _unwritten = status is 204 or 205 ? 0 : contentLength;
        Status = status;
        (SharedFields, SentContentLength) = (fields, announced);
        IConnectionHost host = _connection!.Host;
        RespondedTimestamp = host.Timestamp;
        if (SectionLength(fields, announced) > _connection.Limits.MaxHeaderBlockLength)
        {
            // What HPACK has encoded must be sent, so this is judged before.
            return false;
        }

        // RFC 9113 §8.4.1: a promise goes before what mentions the resource, or the client asks for it itself meanwhile.
        if (status == 200 && AllowsPush)
        {
            _connection.Promise(this, _stream!, fields);
        }

        HpackEncoder encoder = _connection.Encoder;
        HeaderBlockWriter block = _connection.Resources.Block;
        encoder.Begin(block);
        encoder.Status(status);
        encoder.Add("server"u8, host.StatusLines.Server, Indexing.Incremental);
        encoder.Add("date"u8, host.Date[..DateLength], Indexing.Incremental);
        encoder.Add(fields);
        encoder.Add(ResponseFields);
        if (announced >= 0)
        {
            encoder.Add("content-length"u8, announced);
        }

        if (_pushedWith != 0)
        {
            ReadOnlySpan<byte> type = fields.Value("Content-Type"u8);
            _connection.Place(_stream!, _pushedWith, _isCritical, type.IsEmpty ? ResponseFields.Value("Content-Type"u8) : type);
        }

        _connection.Override(_stream!, fields, ResponseFields);
        Send(block, endStream: _hasNoContent);
        return true;
    }

    private static int StatusLength => PerField + (":status: 200".Length - 2);

    private static long LinesLength(FieldBlock shared) => shared.Http1Lines.Length + (PerLine * shared.Fields.Length);

    private long SectionLength(FieldBlock shared, long announced)
    {
        int engines = StatusLength + PerField + "server".Length + _connection!.Host.StatusLines.Server.Length + PerField + "date".Length + DateLength;
        int length = announced < 0 ? 0 : PerField + "content-length".Length + Digits(announced);
        return PerSection + engines + length + LinesLength(shared) + ResponseFields.Http1Lines.Length + (PerLine * ResponseFields.Count);
    }

    private static int Digits(long number)
    {
        int digits = 1;
        for (; number >= 10; number /= 10)
        {
            digits++;
        }

        return digits;
    }

    private void Send(HeaderBlockWriter block, bool endStream)
    {
        long before = _connection!.Host.OutputLength;
        _connection.WriteSection(_stream!, block.Block, endStream);
        BytesSent += _connection.Host.OutputLength - before;
    }

    private OutputQueue Queue() => _stream!.Outgoing ??= _connection!.Resources.RentQueue(_connection.Host.Buffers);

    // Whether content of that length can be written and is to be sent at all.
    private bool TryBeginContent(long length)
    {
        if (!IsOpen || _isWritingEnded || _isHeadTooLarge)
        {
            return false;
        }

        if (!HasResponded)
        {
            throw new InvalidOperationException("Content before Respond.");
        }

        if (_hasNoContent && _unwritten != 0)
        {
            return false;
        }

        if (_unwritten >= 0 && length > _unwritten)
        {
            Fail(EndReason.HandlerWroteTooMuch, 0, ErrorOrigin.Handler);
            return false;
        }

        return true;
    }

    private void ContentAdded(long bytes)
    {
        _unwritten -= bytes;
        ContentSent += bytes;
        BytesSent += bytes;
        _connection!.ContentAdded(_stream!, bytes);
    }
}
