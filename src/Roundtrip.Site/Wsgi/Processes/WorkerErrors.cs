using System.Buffers.Text;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>
/// What a worker writes to its descriptors 1 and 2, by lines. A line of a request begins with its number between two bytes 1; what has none is the process's own: of its start, of C code,
/// of the interpreter's end. The last lines are remembered for the report of its death.
/// </summary>
internal sealed class WorkerErrors : IDisposable
{
    /// <summary>Bytes of a line; what is longer is several.</summary>
    public const int LongestLine = 8192;

    private const int Remembered = 100;
    private const byte Mark = 1;

    private readonly OwnedDescriptor _reader;
    private readonly byte[] _buffer = new byte[LongestLine];
    private readonly Queue<string> _last = new();
    private int _have;

    /// <exception cref="Roundtrip.Processes.ProcessException">The descriptor cannot be made nonblocking.</exception>
    public WorkerErrors(OwnedDescriptor reader)
    {
        _reader = reader;
        DescriptorStream.SetNonblocking(reader);
    }

    /// <summary>The last lines, the oldest first.</summary>
    public IReadOnlyCollection<string> Last => _last;

    public void AddTo(PollSet poll)
    {
        if (!_reader.IsClosed)
        {
            poll.Add(_reader);
        }
    }

    /// <summary>Reads what is there, no more than <paramref name="most"/> lines of it, so that one that writes without end does not keep the others waiting.</summary>
    /// <param name="line">Gets each line: the number of the request, 0 for none, and the text.</param>
    public void Read(int most, Action<long, string> line)
    {
        while (!_reader.IsClosed)
        {
            while (TryTake(out long request, out string text))
            {
                Tell(request, text, line);
                if (--most <= 0)
                {
                    return;
                }
            }

            switch (DescriptorStream.TryRead(_reader, _buffer.AsSpan(_have), out int count))
            {
                case StreamResult.WouldWait:
                    return;
                case StreamResult.Closed:
                    End(line);
                    return;
                default:
                    _have += count;
                    break;
            }
        }
    }

    public void Dispose() => _reader.Dispose();

    private void End(Action<long, string> line)
    {
        _reader.Dispose();
        if (_have > 0)
        {
            (long request, string text) = Parse(_buffer.AsSpan(0, _have));
            _have = 0;
            Tell(request, text, line);
        }
    }

    private void Tell(long request, string text, Action<long, string> line)
    {
        if (_last.Count == Remembered)
        {
            _last.Dequeue();
        }

        _last.Enqueue(text);
        line(request, text);
    }

    private bool TryTake(out long request, out string text)
    {
        int end = _buffer.AsSpan(0, _have).IndexOf((byte)'\n');
        if (end < 0 && _have < LongestLine)
        {
            (request, text) = (0, "");
            return false;
        }

        int taken = end < 0 ? _have : end + 1;
        (request, text) = Parse(_buffer.AsSpan(0, end < 0 ? _have : end));
        _buffer.AsSpan(taken, _have - taken).CopyTo(_buffer);
        _have -= taken;
        return true;
    }

    private static (long Request, string Text) Parse(ReadOnlySpan<byte> line)
    {
        long request = 0;
        if (line.Length > 2 && line[0] == Mark && line[1..].IndexOf(Mark) is > 0 and var digits
            && Utf8Parser.TryParse(line.Slice(1, digits), out long number, out int used) && used == digits && number > 0)
        {
            request = number;
            line = line[(digits + 2)..];
        }

        return (request, System.Text.Encoding.UTF8.GetString(line));
    }
}
