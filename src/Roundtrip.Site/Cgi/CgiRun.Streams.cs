using System.Text;
using Roundtrip.Http;
using Roundtrip.Site.Headers;
using Roundtrip.Site.Programs;
using Roundtrip.Site.Serving;
using Roundtrip.Transport;

namespace Roundtrip.Site.Cgi;

/// <content>The script's three streams. Each goes on as far as both of its ends allow, and keeps at most one piece in hand.</content>
internal sealed partial class CgiRun
{
    // A line of the error log that comes of a script.
    private const int LongestLine = 8 * 1024;

    private const int Piece = 16 * 1024;

    private readonly Backlog _toScript = new();
    private bool _isBodyOver;

    // The header section before it is whole; afterwards what the client has not taken yet.
    private readonly Backlog _toClient = new();
    private long _left = Exchange.UnknownLength;
    private bool _hasHead;

    private readonly StringBuilder _line = new();

    // The script may be silent because its content has not come, or because what it said has not been taken.
    private bool IsClientAwaited => (_hasHead && !_toClient.IsEmpty) || (_input is not null && !_isBodyOver && _toScript.IsEmpty);

    private void PumpInput()
    {
        while (_input is { } input)
        {
            if (!_toScript.IsEmpty)
            {
                IoResult written = input.Write(_toScript.Bytes);
                if (written.Status == IoStatus.WouldBlock)
                {
                    input.Await(read: false, write: true);
                    return;
                }

                if (written.Status != IoStatus.Done)
                {
                    // It reads no more; what is left of the content the engine drops.
                    CloseInput();
                    return;
                }

                _toScript.Take((int)written.Count);
                Listen();
                continue;
            }

            if (_isBodyOver || _exchange is not { } exchange)
            {
                CloseInput();
                return;
            }

            BodyRead read = exchange.ReadBody(_toScript.Room(Piece));
            if (read.Status == BodyReadStatus.NotYet)
            {
                return;
            }

            _toScript.Grew(read.Count);
            _isBodyOver = read.Status != BodyReadStatus.Data;
        }
    }

    private void CloseInput()
    {
        _input?.Dispose();
        _input = null;
    }

    private void PumpOutput()
    {
        while (_output is { } output && _exchange is { } exchange)
        {
            if (_hasHead && !_toClient.IsEmpty)
            {
                _toClient.Take(Write(exchange, _toClient.Bytes));
                if (!_toClient.IsEmpty)
                {
                    return;
                }

                continue;
            }

            Span<byte> room = _handler.Scratch;
            IoResult read = output.Read(room);
            if (read.Status == IoStatus.WouldBlock)
            {
                output.Await(read: true, write: false);
                return;
            }

            if (read.Status != IoStatus.Done)
            {
                OnOutputEnd(exchange);
                return;
            }

            Listen();
            TakeOutput(exchange, room[..(int)read.Count]);
        }
    }

    private void TakeOutput(Exchange exchange, ReadOnlySpan<byte> bytes)
    {
        if (!_hasHead)
        {
            _toClient.Add(bytes);
            ReadOnlySpan<byte> kept = _toClient.Bytes;
            int length = CgiHead.LengthOf(kept);
            if (length < 0 ? kept.Length <= CgiHead.MaximumLength : length <= CgiHead.MaximumLength)
            {
                if (length >= 0)
                {
                    TakeHead(exchange, kept[..length]);
                    _toClient.Take(length);
                }

                return;
            }

            Refuse($"the header of {FileName} is longer than {CgiHead.MaximumLength} bytes (answered 500)");
            return;
        }

        int taken = Write(exchange, bytes);
        if (_exchange is not null)
        {
            _toClient.Add(bytes[taken..]);
        }
    }

    private void TakeHead(Exchange exchange, ReadOnlySpan<byte> section)
    {
        bool hasStatusLine = Path.GetFileName(FileName).StartsWith("nph-", StringComparison.Ordinal);
        string? fault = CgiHead.TryRead(section, hasStatusLine, (exchange.Context as RequestFacts)?.ErrorStatus ?? 200, exchange.ResponseFields, out CgiHead head);
        if (fault is not null)
        {
            exchange.ResponseFields.Clear();
            Refuse($"{fault} from script {FileName} (answered 500)");
        }
        else if (head.Location.Length > 0)
        {
            // RFC 3875 §6.2.2: what stands there is the answer. Nothing else that the script says counts.
            exchange.ResponseFields.Clear();
            _exchange = null;
            EndScript();
            _handler.Site.AnswerElsewhere(exchange, About, head.Location);
        }
        else
        {
            _hasHead = true;
            exchange.ReasonPhrase = Encoding.Latin1.GetBytes(head.Reason);
            if (hasStatusLine)
            {
                // Deviates: RFC 3875 §5 has the output of an NPH script go to the client as it is. Read and framed anew it cannot be taken for two responses, and HTTP/2 has it too. It
                // still is the connection's last.
                exchange.DoNotPersist();
            }

            // RFC 9110 §15.3.5, §15.4.5: these have no content, whatever the script writes.
            _left = head.Status is 204 or 304 ? 0 : head.ContentLength;
            ResponseFields.RespondToOwn(exchange, head.Status, head.ContentLength);
        }
    }

    // A script that writes more than it announced is cut where it said that it would end.
    private int Write(Exchange exchange, ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> due = _left >= 0 && content.Length > _left ? content[..(int)_left] : content;
        int taken = exchange.Write(due);
        _left -= _left >= 0 ? taken : 0;
        return taken < due.Length ? taken : content.Length;
    }

    private void OnOutputEnd(Exchange exchange)
    {
        if (!_hasHead)
        {
            ReadErrors();
            Refuse($"End of script output before headers: {FileName} (answered 500)");
            return;
        }

        _exchange = null;
        if (_left > 0 && exchange.Request.Method != Method.Head)
        {
            Say($"{FileName} sent {_left} bytes less than its Content-Length says");
        }

        exchange.Complete();
        EndScript();
    }

    private void Refuse(string message)
    {
        Say(message);
        Answer(500);
        EndScript();
    }

    // Standard error, by lines.
    private void ReadErrors()
    {
        while (_errors is { } errors)
        {
            Span<byte> room = _handler.Scratch;
            IoResult read = errors.Read(room);
            if (read.Status == IoStatus.WouldBlock)
            {
                errors.Await(read: true, write: false);
                return;
            }

            if (read.Status != IoStatus.Done)
            {
                EndLine();
                errors.Dispose();
                _errors = null;
                return;
            }

            foreach (char c in Encoding.UTF8.GetString(room[..(int)read.Count]))
            {
                if (c == '\n' || _line.Length == LongestLine)
                {
                    EndLine();
                }

                if (c is not ('\n' or '\r'))
                {
                    _line.Append(c);
                }
            }
        }
    }

    private void EndLine()
    {
        if (_line.Length > 0)
        {
            Say($"{_line}: {FileName}");
            _line.Clear();
        }
    }
}
