using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;
using Roundtrip.Processes.Users;

namespace Roundtrip.Processes.Supervision;

/// <summary>A descriptor that the server gets, under a name that it knows.</summary>
/// <param name="IsKept">A listener: it belongs to <see cref="KeptDescriptors"/> and outlives the generation. Otherwise, such as a log, it is the generation's own.</param>
public sealed record NamedDescriptor(string Name, OwnedDescriptor Descriptor, bool IsKept);

/// <summary>The server's program. It is found by its path at each start, so that a replaced file is used from then on.</summary>
/// <param name="Identity">As whom it runs; null for whoever runs the supervisor, who is then nobody special.</param>
public sealed record ServerStart(string Path, IReadOnlyList<string> Arguments, Identity? Identity)
{
    /// <summary>NAME=value each; null for the supervisor's own.</summary>
    public IReadOnlyList<string>? Environment { get; init; }

    internal string Describe() => $"{Path} {string.Join(' ', Arguments)} as {Identity}";
}

/// <summary>A program that the server may ask for by its place in <see cref="Generation.Startables"/>, and of which it chooses nothing.</summary>
public sealed record Startable(string Name, ChildStart Start)
{
    /// <summary>As whom it runs; null for the supervisor's own user.</summary>
    public Identity? Identity { get; init; }

    /// <summary>The child's number of one end of a new stream socket, whose other end the server gets; null for no socket.</summary>
    public int? SocketNumber { get; init; }

    /// <summary>The child's numbers of the writing end of a new pipe, whose reading end the server gets: what the program writes is the server's to log. None for no pipe.</summary>
    public IReadOnlyList<int> OutputNumbers { get; init; } = [];

    /// <summary>How many may run at a time.</summary>
    public int MaximumRunning { get; init; } = 1;
}

/// <summary>One reading of the configuration: what the server is given, and what is opened and started for it.</summary>
public sealed class Generation : IDisposable
{
    /// <summary>For the server; the supervisor does not look into it.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    public required ServerStart Server { get; init; }

    public IReadOnlyList<NamedDescriptor> Descriptors { get; init; } = [];

    public IReadOnlyList<Startable> Startables { get; init; } = [];

    /// <summary>Programs fed by pipes. Their writers are among <see cref="Descriptors"/>, kept open by the program itself.</summary>
    public IReadOnlyList<PipedProgram> Programs { get; init; } = [];

    /// <summary>Closes the descriptors that are not kept. The programs are ended by the supervisor, which waits for them.</summary>
    public void Dispose()
    {
        foreach (NamedDescriptor named in Descriptors)
        {
            if (!named.IsKept && !Programs.Any(program => ReferenceEquals(program.Writer, named.Descriptor)))
            {
                named.Descriptor.Dispose();
            }
        }
    }
}
