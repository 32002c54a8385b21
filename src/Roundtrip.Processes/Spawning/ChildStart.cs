using System.Runtime.InteropServices;

namespace Roundtrip.Processes.Spawning;

/// <summary>One descriptor of the parent and the number under which the child finds it.</summary>
public readonly record struct ChildDescriptor(SafeHandle Source, int Number);

/// <summary>How a program is started: everything that it gets, and nothing else.</summary>
public sealed record ChildStart
{
    /// <summary>The program's file. PATH is not searched.</summary>
    public required string Path { get; init; }

    /// <summary>What follows the program's name in argv.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>argv[0]; the path where it is null.</summary>
    public string? Name { get; init; }

    /// <summary>NAME=value each; null for what this process has.</summary>
    public IReadOnlyList<string>? Environment { get; init; }

    /// <summary>In the place of <see cref="Environment"/>, for values that are no text: NAME=value each, ended by NUL.</summary>
    public ReadOnlyMemory<byte>? EnvironmentBytes { get; init; }

    /// <summary>The child's descriptors. Of 0, 1 and 2, those that are not listed are /dev/null; any other is closed.</summary>
    public IReadOnlyList<ChildDescriptor> Descriptors { get; init; } = [];

    /// <summary>Null for this process's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Whether it leads a session of its own, so that a terminal's signals for us do not reach it.</summary>
    public bool HasOwnSession { get; init; } = true;

    /// <summary>PR_SET_NO_NEW_PRIVS: no set-user-ID program that it starts gains a right.</summary>
    public bool HasNoNewPrivileges { get; init; }
}
