namespace Roundtrip.Site.AccessLog;

/// <summary>One piece of a log line: what writes it, and what stood in its braces or, for literal text, the text.</summary>
internal readonly record struct LogItem(LogItemWriter Write, byte[] Argument);

/// <summary>Writes one item of the line for an exchange that has ended.</summary>
internal delegate void LogItemWriter(ref LineWriter line, in LogFacts facts, byte[] argument);
