using System.Text;

namespace Roundtrip.Site.AccessLog;

// When, and how long.
internal static partial class LogItems
{
    private const string Clf = "[%d/%b/%Y:%H:%M:%S %z]";

    private static void Microseconds(ref LineWriter line, in LogFacts facts) => line.Write(facts.ElapsedMicroseconds);

    private static void FirstByte(ref LineWriter line, in LogFacts facts)
    {
        long elapsed = facts.Settings.Get(LogSettings.TracksFirstByte) ? facts.FirstByteMicroseconds : -1;
        if (elapsed < 0)
        {
            line.Write((byte)'-');
        }
        else
        {
            line.Write(elapsed);
        }
    }

    private static LogItemWriter Duration(string unit) => unit switch
    {
        "" or "s" => static (ref line, in facts) => line.Write(facts.Elapsed / 1000),
        "ms" => static (ref line, in facts) => line.Write(facts.ElapsedMicroseconds / 1000),
        "us" => Microseconds,
        _ => throw Braces($"%{{{unit}}}T", "s, ms, us"),
    };

    private static LogItemWriter Time(string braces)
    {
        if (braces.Length == 0)
        {
            return static (ref line, in facts) => line.Write(facts.Time);
        }

        bool isEnd = braces.StartsWith("end", StringComparison.Ordinal);
        string format = braces;
        foreach (string start in (ReadOnlySpan<string>)["begin", "end"])
        {
            if (braces == start)
            {
                format = Clf;
            }
            else if (braces.StartsWith(start + ":", StringComparison.Ordinal))
            {
                format = braces[(start.Length + 1)..];
            }
        }

        byte[] strftime = Encoding.UTF8.GetBytes(format.Length == 0 ? Clf : format);
        return format switch
        {
            "sec" => (ref line, in facts) => line.Write(At(facts, isEnd) / 1_000_000),
            "msec" => (ref line, in facts) => line.Write(At(facts, isEnd) / 1000),
            "usec" => (ref line, in facts) => line.Write(At(facts, isEnd)),
            "msec_frac" => (ref line, in facts) => line.WritePadded(At(facts, isEnd) / 1000 % 1000, 3),
            "usec_frac" => (ref line, in facts) => line.WritePadded(At(facts, isEnd) % 1_000_000, 6),
            _ => (ref line, in facts) => line.WriteTime(strftime, At(facts, isEnd)),
        };
    }

    // Microseconds since 1970.
    private static long At(in LogFacts facts, bool isEnd) => isEnd ? facts.EndedAt : facts.EndedAt - facts.ElapsedMicroseconds;
}
