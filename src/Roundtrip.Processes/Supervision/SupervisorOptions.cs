using Roundtrip.Processes.Systemd;
using Roundtrip.Processes.Users;

namespace Roundtrip.Processes.Supervision;

/// <summary>How a supervisor goes about it.</summary>
public sealed record SupervisorOptions
{
    /// <summary>Which build this is: a server of another one, from a file that was replaced meanwhile, ends at once and says so.</summary>
    public required string Version { get; init; }

    public SupervisorTimes Times { get; init; } = new();

    /// <summary>Gets a line for the error log.</summary>
    public Action<string> Log { get; init; } = message => Console.Error.WriteLine(message);

    /// <summary>Called once, when the first server has acknowledged the first generation.</summary>
    public Action Ready { get; init; } = () => { };

    /// <summary>Written before the first server is started, removed at the end; null for none.</summary>
    public string? PidFile { get; init; }

    /// <summary>systemd's socket; null where systemd did not start us.</summary>
    public ServiceNotifier? Notifier { get; init; }

    /// <summary>How a <see cref="Startable"/> with an identity is run; without it such a one is refused.</summary>
    public LaunchAs? LaunchAs { get; init; }
}
