using Roundtrip.Interop;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Spawning;

/// <summary>One posix_spawn, with its actions in the order in which the child does them. Managed code never forks: the child would hold one thread of many, and every lock of the others.</summary>
internal static unsafe class SpawnCall
{
    private const int FirstUnusual = 3;

    /// <returns>0 and the process's number, or the error's number.</returns>
    public static int Run(ChildStart start, out int pid)
    {
        byte* actions = stackalloc byte[Libc.SpawnActionsSize];
        byte* attributes = stackalloc byte[Libc.SpawnAttributesSize];
        byte* signals = stackalloc byte[Libc.SignalSetSize];
        var lifted = new List<OwnedDescriptor>();
        using var path = new StringVector([start.Path, start.WorkingDirectory ?? "/", "/dev/null"]);
        using var arguments = new StringVector([start.Name ?? start.Path, .. start.Arguments]);
        using StringVector environment = start.EnvironmentBytes is { } bytes ? new(bytes.Span) : new(start.Environment ?? StringVector.OwnEnvironment());
        _ = Libc.SpawnActionsInit(actions);
        _ = Libc.SpawnAttributesInit(attributes);
        try
        {
            int error = AddDescriptors(actions, start.Descriptors, path.Items[2], lifted);
            if (error == 0 && start.WorkingDirectory is not null)
            {
                error = Libc.SpawnActionsChdir(actions, path.Items[1]);
            }

            if (error == 0)
            {
                // .NET ignores SIGPIPE, which a child would inherit; whoever started us may have blocked or ignored others.
                _ = Libc.SignalsEmpty(signals);
                _ = Libc.SpawnAttributesMask(attributes, signals);
                _ = Libc.SignalsFill(signals);
                _ = Libc.SpawnAttributesDefaults(attributes, signals);
                short session = start.HasOwnSession ? Libc.SpawnSetSession : (short)0;
                error = Libc.SpawnAttributesFlags(attributes, (short)(session | Libc.SpawnSetSignalDefaults | Libc.SpawnSetSignalMask));
            }

            int child = 0;
            if (error == 0)
            {
                error = Libc.Spawn(&child, path.Items[0], actions, attributes, arguments.Items, environment.Items);
            }

            pid = child;
            return error;
        }
        finally
        {
            lifted.ForEach(descriptor => descriptor.Dispose());
            _ = Libc.SpawnAttributesDestroy(attributes);
            _ = Libc.SpawnActionsDestroy(actions);
        }
    }

    private static int AddDescriptors(byte* actions, IReadOnlyList<ChildDescriptor> descriptors, byte* nothing, List<OwnedDescriptor> lifted)
    {
        int end = FirstUnusual;
        var taken = new HashSet<int>();
        foreach (ChildDescriptor descriptor in descriptors)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(descriptor.Number, nameof(descriptors));
            if (!taken.Add(descriptor.Number))
            {
                throw new ArgumentException($"the child's descriptor {descriptor.Number} is listed twice", nameof(descriptors));
            }

            end = Math.Max(end, descriptor.Number + 1);
        }

        int error = 0;
        foreach (ChildDescriptor descriptor in descriptors)
        {
            // Lifted above all targets first: no dup2 overwrites a source that is still needed, and none is from a number to itself, which would keep FD_CLOEXEC.
            OwnedDescriptor above = OwnedDescriptor.DuplicateOf(descriptor.Source, end);
            lifted.Add(above);
            error = error != 0 ? error : Libc.SpawnActionsDup2(actions, above.Number, descriptor.Number);
        }

        for (int number = 0; number < end && error == 0; number++)
        {
            if (!taken.Contains(number))
            {
                error = number < FirstUnusual
                    ? Libc.SpawnActionsOpen(actions, number, nothing, Libc.ORdwr, 0)
                    : Libc.SpawnActionsClose(actions, number);
            }
        }

        // Whatever else is open here without FD_CLOEXEC, a listener of some library for instance, ends here.
        return error != 0 ? error : Libc.SpawnActionsCloseFrom(actions, end);
    }
}
