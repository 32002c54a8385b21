using System.Globalization;
using System.Text;
using Roundtrip.Transport;
using Roundtrip.Transport.Files;

namespace Roundtrip.Server.Logs;

/// <summary>
/// A log that begins another file by time or size, with the files that rotatelogs(8) would make of the same lines; but a line is never split between two files. Whether it is time is looked at
/// before each write, as there. Where the next file cannot be opened the former one is written on, and that is reported.
/// </summary>
public sealed class RotatingFile : ILogTarget
{
    // How long, in seconds, to write on in the former file before the next one is tried again.
    private const long RetryAfter = 10;

    private readonly RotationRule _rule;
    private readonly TimeProvider _time;
    private readonly Action<string>? _report;
    private AppendFile? _file;
    private string _name = "";
    private int _number = -1;
    private long _written;
    private long _end = long.MinValue;
    private long _retryAt = long.MinValue;

    private RotatingFile(RotationRule rule, TimeProvider time, Action<string>? report) => (_rule, _time, _report) = (rule, time, report);

    /// <summary>Begins a log.</summary>
    /// <param name="report">Told, on the thread that writes, of a file or link that cannot be made later on.</param>
    /// <exception cref="TransportException">The first file is to be opened at once and cannot be; or its folder is not there, so that no file could.</exception>
    public static RotatingFile Open(RotationRule rule, TimeProvider time, Action<string>? report)
    {
        var log = new RotatingFile(rule, time, report);
        if (rule.OpensAtOnce)
        {
            log.Begin(log.Now());
        }
        else if (Path.GetDirectoryName(rule.Path) is { Length: > 0 } folder && !folder.Contains('%') && !Directory.Exists(folder))
        {
            throw new TransportException($"cannot write to {rule.Path}: there is no folder {folder}");
        }

        return log;
    }

    public int Write(ReadOnlySpan<byte> bytes, out string? error)
    {
        long now = Now();
        if (IsDue(now) && !TryBegin(now, out error))
        {
            return 0;
        }

        int written = _file!.Write(bytes, out error);
        _written += written;
        return written;
    }

    public void Dispose() => _file?.Dispose();

    private bool IsDue(long now) => _file is null
        || now >= _retryAt && (_rule.Size > 0 && _written > _rule.Size || _rule.Interval > 0 && now >= _end);

    // False where there is no file to write to at all.
    private bool TryBegin(long now, out string? error)
    {
        error = null;
        try
        {
            Begin(now);
        }
        catch (TransportException fault)
        {
            if (_file is null)
            {
                error = fault.Message;
                return false;
            }

            _report?.Invoke($"a log goes on in {_name}: {fault.Message}");
            _retryAt = now + RetryAfter;
        }

        return true;
    }

    private void Begin(long now)
    {
        long start = now;
        long end = _end;
        if (_rule.Interval > 0)
        {
            // A file that ends for its size within the interval is followed by one that is named after now: the interval's name is taken.
            start = Math.DivRem(now, _rule.Interval).Quotient * _rule.Interval;
            end = start + _rule.Interval;
            start = start < _end ? now : start;
        }

        int number = _rule.Files > 0 ? (_number + 1) % _rule.Files : -1;
        string name = NameOf(start, number);
        bool isEmptied = _rule.Truncates || _rule.Files > 0 && _file is not null;
        AppendFile next = isEmptied ? AppendFile.OpenEmpty(name) : AppendFile.Open(name);
        _file?.Dispose();
        (_file, _name, _number, _end) = (next, name, number, end);
        _written = isEmptied ? 0 : new FileInfo(name) is { Exists: true } file ? file.Length : 0;
        MakeLink();
    }

    private void MakeLink()
    {
        if (_rule.Link is { } link && HardLink.Replace(_name, link) is { } why)
        {
            _report?.Invoke($"the link {link} to a log was not made: {why}");
        }
    }

    private string NameOf(long start, int number)
    {
        if (number >= 0)
        {
            return number == 0 ? _rule.Path : string.Create(CultureInfo.InvariantCulture, $"{_rule.Path}.{number}");
        }

        if (!_rule.Path.Contains('%'))
        {
            return _rule.Truncates ? _rule.Path : string.Create(CultureInfo.InvariantCulture, $"{_rule.Path}.{start:0000000000}");
        }

        TimeSpan offset = Offset();
        var time = new DateTimeOffset(DateTime.UnixEpoch.AddSeconds(start).Ticks, offset);
        byte[] format = Encoding.UTF8.GetBytes(_rule.Path);
        byte[] room = new byte[4096];
        return Strftime.TryFormat(format, time, room, out int length)
            ? Encoding.UTF8.GetString(room, 0, length)
            : throw new TransportException($"cannot write to {_rule.Path}: its name becomes too long");
    }

    // Seconds since 1970 as a clock on the wall there shows them: rotatelogs counts its intervals so.
    private long Now() => _time.GetUtcNow().ToUnixTimeSeconds() + (long)Offset().TotalSeconds;

    private TimeSpan Offset() => _rule.IsLocal ? _time.LocalTimeZone.GetUtcOffset(_time.GetUtcNow()) : TimeSpan.FromMinutes(_rule.Offset);
}
