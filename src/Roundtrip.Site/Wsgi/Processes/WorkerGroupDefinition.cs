using System.Collections.Immutable;

namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>
/// What the configuration says of a group of worker processes: WSGIDaemonProcess with all its options, and what its processes run. One for each pair of process group and application group.
/// Two that are equal are the same processes.
/// </summary>
/// <param name="Name">The process group; empty for the implicit one of scripts that no WSGIProcessGroup is said for.</param>
/// <param name="ApplicationGroup">The application group; empty for <c>%{GLOBAL}</c>.</param>
public sealed record WorkerGroupDefinition(string Name, string ApplicationGroup)
{
    /// <summary>The host whose ErrorLog has what belongs to no request: its place among the hosts.</summary>
    public int Host { get; init; }

    /// <summary>How many processes there are.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>How many requests each has at a time.</summary>
    public int Threads { get; init; } = 15;

    /// <summary>The user that they run as; empty for the server's.</summary>
    public string User { get; init; } = "";

    /// <summary>Their group; empty for the user's, or the server's.</summary>
    public string Group { get; init; } = "";

    /// <summary>The umask; null for the server's.</summary>
    public int? Umask { get; init; }

    /// <summary>What stands first in sys.path.</summary>
    public ImmutableArray<string> PythonPath { get; init; } = [];

    /// <summary>The folder of a virtual environment; empty for the system's Python. WSGIPythonHome where the option does not say it.</summary>
    public string PythonHome { get; init; } = "";

    /// <summary>The working folder; empty for that of the user.</summary>
    public string Home { get; init; } = "";

    /// <summary>What process lists show; empty for the server's own words: <c>(wsgi:NAME)</c> for <c>%{GROUP}</c>.</summary>
    public string DisplayName { get; init; } = "";

    public string Lang { get; init; } = "";

    public string Locale { get; init; } = "";

    /// <summary>How many requests a process has before another takes its place; 0 for no limit.</summary>
    public int MaximumRequests { get; init; }

    /// <summary>Without requests for so long a process is ended; zero for never. All times are of this kind unless it is said otherwise.</summary>
    public TimeSpan InactivityTimeout { get; init; }

    /// <summary>How long a request may take.</summary>
    public TimeSpan RequestTimeout { get; init; }

    /// <summary>How long a process may take until it is ready.</summary>
    public TimeSpan StartupTimeout { get; init; }

    /// <summary>How long a process that is replaced may finish requests in hand; zero for <see cref="ShutdownTimeout"/>.</summary>
    public TimeSpan GracefulTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a process that was told to end may take.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a process that must go (by <c>graceful</c> or a touch) may finish requests; zero for <see cref="GracefulTimeout"/>.</summary>
    public TimeSpan EvictionTimeout { get; init; }

    /// <summary>After so long another process takes a process's place.</summary>
    public TimeSpan RestartInterval { get; init; }

    /// <summary>How long a request may wait for a process; then it is 504.</summary>
    public TimeSpan QueueTimeout { get; init; }

    /// <summary>How many requests may wait; what is beyond is 503.</summary>
    /// <remarks>Deviates: mod_wsgi's default is 100 connections, beyond which its requests try again for as long as <c>connect-timeout</c>: here they wait from the beginning.</remarks>
    public int ListenBacklog { get; init; } = 1024;

    /// <summary>Processor time after which a process is ended.</summary>
    public TimeSpan CpuTimeLimit { get; init; }

    /// <summary>Bytes of memory that a process may have; 0 for no limit.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>Scripts that are loaded before a process is ready, with the name of the callable.</summary>
    public ImmutableArray<ScriptCallable> Preload { get; init; } = [];

    /// <summary>WSGIImportScript: files that are run before a process is ready.</summary>
    public ImmutableArray<string> Imports { get; init; } = [];

    /// <summary>Folders below which a script may lie; beside <see cref="Scripts"/>.</summary>
    public ImmutableArray<string> Folders { get; init; } = [];

    /// <summary>Scripts that requests may be for.</summary>
    public ImmutableArray<string> Scripts { get; init; } = [];

    /// <summary><c>module:callable</c>, which then answers every request; empty for scripts.</summary>
    public string Module { get; init; } = "";

    /// <summary>Whether a process is replaced when one of its source files changes.</summary>
    public bool ReloadsSources { get; init; }

    /// <summary>Whether no process is started before a request wants one.</summary>
    public bool IsOnDemand { get; init; }

    public bool Equals(WorkerGroupDefinition? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    // All that is said, as one text: lists are equal when their items are.
    private string Text => string.Join(
        '\n',
        Name, ApplicationGroup, Host, Processes, Threads, User, Group, Umask, string.Join(':', PythonPath), PythonHome, Home, DisplayName, Lang, Locale, MaximumRequests, InactivityTimeout,
        RequestTimeout, StartupTimeout, GracefulTimeout, ShutdownTimeout, EvictionTimeout, RestartInterval, QueueTimeout, ListenBacklog, CpuTimeLimit, MemoryLimit, string.Join(':', Preload),
        string.Join(':', Imports), string.Join(':', Folders), string.Join(':', Scripts), Module, ReloadsSources, IsOnDemand);
}
