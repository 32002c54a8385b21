using System.Collections.Immutable;
using System.Globalization;
using Roundtrip.Configuration.Directives;
using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Wsgi;

/// <summary>The options of WSGIDaemonProcess, as mod_wsgi spells them.</summary>
internal static class DaemonOptions
{
    // Options that tune what is not here: the sockets between httpd and its daemons, the interpreter's embedding, mod_wsgi's own services.
    private static readonly ImmutableHashSet<string> WithoutEffect =
    [
        "stack-size", "socket-timeout", "response-socket-timeout", "connect-timeout", "socket-user", "send-buffer-size", "receive-buffer-size", "header-buffer-size", "response-buffer-size",
        "proxy-buffer-size", "deadlock-timeout", "cpu-priority", "script-user", "script-group", "python-eggs", "server-metrics", "virtual-memory-limit", "python-optimize",
    ];

    public static (string Name, string Value) Split(string word)
    {
        int equals = word.IndexOf('=');
        return equals > 0 ? (word[..equals], word[(equals + 1)..].Trim('"')) : throw new FormatException($"'{word}' is no option: they are NAME=VALUE");
    }

    public static WorkerGroupDefinition Read(DirectiveCall call)
    {
        string name = call.Words[0];
        if (name.Length == 0 || name.Contains('=') || name.StartsWith('%'))
        {
            throw new FormatException($"'{name}' is no name of a process group");
        }

        var daemon = new WorkerGroupDefinition(name, "");
        foreach (string word in call.Words.Skip(1))
        {
            (string option, string value) = Split(word);
            daemon = With(daemon, option, value, call);
        }

        return daemon;
    }

    private static WorkerGroupDefinition With(WorkerGroupDefinition daemon, string option, string value, DirectiveCall call) => option switch
    {
        "processes" => daemon with { Processes = Number(option, value, 1, 1024) },
        "threads" => daemon with { Threads = Number(option, value, 1, 1024) },
        "user" => daemon with { User = value },
        "group" => daemon with { Group = value },
        "umask" => daemon with { Umask = Octal(value) },
        "python-path" => daemon with { PythonPath = [.. value.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(call.FullPath)] },
        "python-home" => daemon with { PythonHome = call.FullPath(value) },
        "home" => daemon with { Home = call.FullPath(value) },
        "display-name" => daemon with { DisplayName = value },
        "lang" => daemon with { Lang = value },
        "locale" => daemon with { Locale = value },
        "maximum-requests" => daemon with { MaximumRequests = Number(option, value, 0, int.MaxValue) },
        "inactivity-timeout" => daemon with { InactivityTimeout = Seconds(option, value) },
        "request-timeout" => daemon with { RequestTimeout = Seconds(option, value) },
        "startup-timeout" => daemon with { StartupTimeout = Seconds(option, value) },
        "graceful-timeout" => daemon with { GracefulTimeout = Seconds(option, value) },
        "shutdown-timeout" => daemon with { ShutdownTimeout = Seconds(option, value) },
        "eviction-timeout" => daemon with { EvictionTimeout = Seconds(option, value) },
        "restart-interval" => daemon with { RestartInterval = Seconds(option, value) },
        "queue-timeout" => daemon with { QueueTimeout = Seconds(option, value) },
        "listen-backlog" => daemon with { ListenBacklog = Number(option, value, 1, 1 << 20) },
        "cpu-time-limit" => daemon with { CpuTimeLimit = Seconds(option, value) },
        "memory-limit" => daemon with { MemoryLimit = Bytes(value) },
        _ when WithoutEffect.Contains(option) => Warned(daemon, option, call),
        _ => throw new FormatException($"'{option}' is no option of WSGIDaemonProcess"),
    };

    private static WorkerGroupDefinition Warned(WorkerGroupDefinition daemon, string option, DirectiveCall call)
    {
        call.Warn($"WSGIDaemonProcess {option} has no effect here");
        return daemon;
    }

    private static int Number(string option, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw new FormatException($"{option} takes a number from {least} to {most}, not '{value}'");

    private static TimeSpan Seconds(string option, string value) => TimeSpan.FromSeconds(Number(option, value, 0, int.MaxValue / 1000));

    private static long Bytes(string value) => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
        ? bytes
        : throw new FormatException($"memory-limit takes a number of bytes, not '{value}'");

    private static int Octal(string value)
    {
        int mask = 0;
        foreach (char digit in value)
        {
            mask = digit is >= '0' and <= '7' && mask <= 0x1FF ? (mask * 8) + (digit - '0') : throw new FormatException($"umask takes an octal number, not '{value}'");
        }

        return value.Length > 0 && mask <= 0x1FF ? mask : throw new FormatException($"umask takes an octal number, not '{value}'");
    }
}
