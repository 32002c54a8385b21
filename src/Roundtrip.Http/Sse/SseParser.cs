using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Roundtrip.Http.Sse;

/// <summary>
/// Reads an event stream (HTML Standard, section 9.2.6), cut anywhere. <see cref="Receive"/>, then <see cref="TryReadEvent"/> until it gives false; what stands behind the last empty line when the
/// stream ends is no event.
/// </summary>
/// <param name="limit">The most bytes of an event, its fields' names and a line under way counted: whoever streams without an end is not listened to.</param>
public sealed class SseParser(int limit = 1024 * 1024)
{
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly ArrayBufferWriter<byte> _data = new();
    private byte[] _input = [];
    private int _at;
    private string _name = "";
    private string _idUnderWay = "";
    private bool _hasData;
    private bool _isBehindCarriageReturn;
    private bool _isBegun;

    /// <summary>The id of the last event that was dispatched or that an empty event set: what Last-Event-ID says.</summary>
    public string LastEventId { get; private set; } = "";

    /// <summary>How long to wait before connecting again, where the stream said so.</summary>
    public long? Retry { get; private set; }

    /// <summary>Whether an event was longer than the limit: nothing more is read.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Takes what came; the events in what came before must have been read.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        _input = [.. _input.AsSpan(_at), .. bytes];
        _at = 0;
    }

    /// <summary>Goes on to the next event.</summary>
    public bool TryReadEvent(out SseEvent received)
    {
        received = default;
        while (!IsTooLong && TryReadLine())
        {
            ReadOnlySpan<byte> line = _line.WrittenSpan;
            bool isDispatched = false;
            if (line.IsEmpty)
            {
                isDispatched = TryDispatch(out received);
            }
            else
            {
                TakeLine(line);
            }

            _line.ResetWrittenCount();
            if (isDispatched)
            {
                return true;
            }
        }

        return false;
    }

    // A line ends in CR, LF or CRLF; an LF that follows a CR in the next piece is its.
    private bool TryReadLine()
    {
        ReadOnlySpan<byte> rest = _input.AsSpan(_at);
        if (_isBehindCarriageReturn && !rest.IsEmpty)
        {
            _isBehindCarriageReturn = false;
            int skipped = rest[0] == (byte)'\n' ? 1 : 0;
            _at += skipped;
            rest = rest[skipped..];
        }

        int end = rest.IndexOfAny(LineEnds);
        ReadOnlySpan<byte> piece = end < 0 ? rest : rest[..end];
        if (piece.Length > limit - _line.WrittenCount - _data.WrittenCount)
        {
            IsTooLong = true;
            return false;
        }

        _line.Write(piece);
        _at += piece.Length;
        if (end < 0)
        {
            return false;
        }

        _isBehindCarriageReturn = rest[end] == (byte)'\r';
        _at++;
        return true;
    }

    private void TakeLine(ReadOnlySpan<byte> line)
    {
        if (!_isBegun)
        {
            // One byte order mark is taken off.
            _isBegun = true;
            line = line.StartsWith("\uFEFF"u8) ? line[3..] : line;
        }

        int colon = line.IndexOf((byte)':');
        ReadOnlySpan<byte> field = colon < 0 ? line : line[..colon];
        ReadOnlySpan<byte> value = colon < 0 ? default : line[(colon + 1)..];
        value = value.StartsWith(" "u8) ? value[1..] : value;
        if (field.SequenceEqual("data"u8))
        {
            _hasData = true;
            _data.Write(value);
            _data.Write("\n"u8);
        }
        else if (field.SequenceEqual("event"u8))
        {
            _name = Encoding.UTF8.GetString(value);
        }
        else if (field.SequenceEqual("id"u8) && !value.Contains((byte)0))
        {
            _idUnderWay = Encoding.UTF8.GetString(value);
        }
        else if (field.SequenceEqual("retry"u8) && !value.IsEmpty && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
                 && Utf8Parser.TryParse(value, out long milliseconds, out _))
        {
            Retry = milliseconds;
        }
    }

    // An empty line: the id counts in any case, the event only where it has data.
    private bool TryDispatch(out SseEvent received)
    {
        received = default;
        _isBegun = true;
        LastEventId = _idUnderWay;
        bool hasData = _hasData;
        if (hasData)
        {
            received = new SseEvent(_name.Length == 0 ? "message" : _name, Encoding.UTF8.GetString(_data.WrittenSpan[..^1]), LastEventId);
        }

        _data.ResetWrittenCount();
        _hasData = false;
        _name = "";
        return hasData;
    }
}
