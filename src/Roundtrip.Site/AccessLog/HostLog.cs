namespace Roundtrip.Site.AccessLog;

/// <summary>A log that a host writes, in which format, and of which requests; null for all.</summary>
internal readonly record struct HostLog(AccessLog Log, LogFormat Format, LogCondition? Condition);
