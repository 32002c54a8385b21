namespace Roundtrip.Server;

/// <summary>httpd's levels, as far as they are used.</summary>
public enum LogLevel : byte
{
    Error,
    Warn,
    Notice,
    Info,
}
