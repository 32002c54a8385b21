namespace Roundtrip.Site.AccessLog;

/// <summary>One piece of a log line: what writes it, and for which statuses.</summary>
/// <param name="Before">The format's text between it and the item before it.</param>
/// <param name="Statuses">The statuses for which it is written, a dash standing in for it with others; empty for all.</param>
/// <param name="IsExcept">Whether it is for all statuses but those.</param>
/// <param name="IsOfOriginal">Whether it is about what was asked, where an error document took its place.</param>
internal readonly record struct LogItem(LogText Before, LogItemWriter Write, int[] Statuses, bool IsExcept, bool IsOfOriginal)
{
    private readonly bool _isForAll = Statuses.Length == 0;

    public bool IsFor(int status) => _isForAll || Statuses.Contains(status) != IsExcept;
}

/// <summary>Writes one item of the line for an exchange that has ended.</summary>
internal delegate void LogItemWriter(ref LineWriter line, in LogFacts facts);

/// <summary>An item of the format language.</summary>
/// <param name="Make">Makes the writer for what stands in the braces, empty where there are none. It throws <see cref="FormatException"/> where that cannot stand there.</param>
internal readonly record struct LogItemKind(Func<string, LogItemWriter> Make)
{
    /// <summary>Whether it takes times in microseconds, with those braces.</summary>
    public Func<string, bool> NeedsTimestamps { get; init; } = static _ => false;

    /// <summary>Whether it takes trailers of requests.</summary>
    public bool NeedsTrailers { get; init; }

    /// <summary>Whether it is about what was asked where neither <c>&lt;</c> nor <c>&gt;</c> says which. Of httpd's items of that kind (s U T D r) U alone differs.</summary>
    public bool IsOfOriginal { get; init; }

    /// <summary>An item of which there is never anything to say: a dash.</summary>
    public static LogItemKind Nothing { get; } = Of(LogItems.Absent) with { IsNothing = true };

    /// <summary>Whether it is a dash in every line.</summary>
    public bool IsNothing { get; private init; }

    /// <summary>An item for which the braces say nothing.</summary>
    public static LogItemKind Of(LogItemWriter writer) => new(_ => writer);
}
