namespace Roundtrip.Site.AccessLog;

/// <summary>A log that a host writes, and in which format.</summary>
internal readonly record struct HostLog(AccessLog Log, LogFormat Format);
