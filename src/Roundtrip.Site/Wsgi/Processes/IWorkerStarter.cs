using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;

namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>
/// Starts the processes of groups: the server itself, or the supervisor for it. Used by one thread: poll what <see cref="AddTo"/> adds, then <see cref="Take"/> what happened.
/// </summary>
internal interface IWorkerStarter : IDisposable
{
    /// <summary>Whether a process runs as the user that its group names. Only root can do that.</summary>
    bool ChangesUser { get; }

    /// <summary>Asks for a process of a group. What comes of it is a <see cref="StartEvent"/> with this token, now or later.</summary>
    void Start(uint token, WorkerGroupDefinition definition);

    /// <summary>Sends a signal to a process that has started; one that has ended is left in peace.</summary>
    void Kill(uint token, int signal);

    void AddTo(PollSet poll);

    /// <summary>What happened since the last call, in order.</summary>
    void Take(List<StartEvent> events);
}

/// <summary>What happens to a process that was asked for.</summary>
internal abstract record StartEvent(uint Token)
{
    /// <summary>It runs.</summary>
    /// <param name="Control">The server's end of its control socket.</param>
    /// <param name="Errors">What it writes to its descriptors 1 and 2.</param>
    public sealed record Started(uint Token, int Pid, OwnedDescriptor Control, OwnedDescriptor Errors) : StartEvent(Token);

    /// <summary>It does not run.</summary>
    public sealed record Refused(uint Token, string Reason) : StartEvent(Token);

    /// <summary>It ran and has ended.</summary>
    public sealed record Ended(uint Token, ExitStatus Status) : StartEvent(Token);
}
