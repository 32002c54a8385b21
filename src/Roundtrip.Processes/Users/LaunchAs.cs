using System.Runtime.InteropServices;
using Roundtrip.Interop;
using Roundtrip.Processes.Spawning;

namespace Roundtrip.Processes.Users;

/// <summary>
/// Runs a program as another user: posix_spawn cannot, so the supervisor starts this program with a verb of its own, which drops the rights and becomes the other program.
/// </summary>
/// <param name="Program">This program's file.</param>
/// <param name="Arguments">What leads to <see cref="Become"/> in it.</param>
public sealed record LaunchAs(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>The start that runs <paramref name="start"/> as <paramref name="identity"/>.</summary>
    public ChildStart Wrap(ChildStart start, Identity identity)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(identity);
        return start with
        {
            Path = Program,
            Name = null,
            Arguments = [.. Arguments, identity.ToString(), start.Path, start.Name ?? start.Path, .. start.Arguments],
        };
    }

    /// <summary>The verb: drops the rights and becomes the program. Returns only when that failed.</summary>
    /// <param name="arguments">What stood behind the verb.</param>
    /// <returns>The exit code: 126 when it cannot be run, 127 when it does not exist, as a shell has it.</returns>
    public static unsafe int Become(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        const int CannotRun = 126;
        const int DoesNotExist = 127;
        if (arguments.Count < 3 || !Identity.TryParse(arguments[0], out Identity? identity))
        {
            Console.Error.WriteLine("expected: UID:GID:GROUPS PROGRAM NAME ARGUMENTS");
            return CannotRun;
        }

        try
        {
            Privileges.Drop(identity!);
        }
        catch (ProcessException fault)
        {
            Console.Error.WriteLine(fault.Message);
            return CannotRun;
        }

        // execve resets what is handled, not what is ignored, and .NET ignores SIGPIPE.
        _ = Libc.Signal(Libc.SigPipe, Libc.SigDefault);
        using var path = new StringVector([arguments[1]]);
        using var words = new StringVector([.. arguments.Skip(2)]);
        using var environment = new StringVector(StringVector.OwnEnvironment());
        _ = Libc.Execute(path.Items[0], words.Items, environment.Items);
        int errno = Marshal.GetLastPInvokeError();
        Console.Error.WriteLine(SystemError.Of("execve", errno, arguments[1]));
        return errno == Errno.Enoent ? DoesNotExist : CannotRun;
    }
}
