namespace Roundtrip.Server;

/// <summary>httpd's levels, the gravest first, with the numbers that it gives them.</summary>
public enum LogLevel : byte
{
    Emerg,
    Alert,
    Crit,
    Error,
    Warn,
    Notice,
    Info,
    Debug,
    Trace1,
    Trace2,
    Trace3,
    Trace4,
    Trace5,
    Trace6,
    Trace7,
    Trace8,
}
