using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;

namespace Roundtrip.Processes.Tests;

/// <summary>Programs that tests start, with their output read to the end by a thread.</summary>
internal sealed class ChildProgram : IDisposable
{
    /// <summary>SigIgn in /proc/PID/status. Signals 32 and 33 are glibc's own: its posix_spawn has them ignored until the child's threads need them.</summary>
    public const string NoneIgnored = @"SigIgn:\s0000000[01][08]0000000";

    private readonly StringBuilder _output = new();
    private readonly Thread _reader;

    private ChildProgram(ChildStart start, bool withErrors, SafeHandle? input)
    {
        (OwnedDescriptor read, OwnedDescriptor write) = DescriptorPair.Pipe();
        using (write)
        {
            start = start with
            {
                Descriptors =
                [
                    .. start.Descriptors, .. input is null ? (ChildDescriptor[])[] : [new(input, 0)], new(write, 1), new(withErrors ? write : OwnedDescriptor.StandardError, 2),
                ],
            };
            Assert.True(ChildProcess.TryStart(start, out ChildProcess? child, out SystemError? error), error?.Text);
            Process = child!;
        }

        _reader = new Thread(() => Gather(read)) { IsBackground = true };
        _reader.Start();
    }

    public ChildProcess Process { get; }

    /// <summary>What it wrote up to now.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    private static string Host { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));

    private static string Library { get; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Roundtrip.Processes.Tests.Child/release/Roundtrip.Processes.Tests.Child.dll"))
            .Replace("/release/", $"/{Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))}/", StringComparison.Ordinal);

    /// <summary>The start of the tests' own program.</summary>
    public static ChildStart Own(params string[] arguments) => new() { Path = Host, Arguments = [Library, .. arguments] };

    public static ChildProgram Start(ChildStart start, bool withErrors = false, SafeHandle? input = null) => new(start, withErrors, input);

    /// <summary>Runs a program to its end.</summary>
    public static string Run(ChildStart start)
    {
        using ChildProgram program = Start(start, withErrors: true);
        program.WaitForEnd();
        return program.Output;
    }

    public ExitStatus WaitForEnd()
    {
        Assert.True(Process.TryReap(TimeSpan.FromSeconds(60), out ExitStatus status), $"{Process.Path} goes on; it wrote: {Output}");
        _reader.Join(1000);
        return status;
    }

    public void Dispose()
    {
        Process.Kill(SignalNumber.Kill);
        Process.TryReap(TimeSpan.FromSeconds(10), out _);
        Process.Dispose();
    }

    private void Gather(OwnedDescriptor read)
    {
        using var stream = new FileStream(new SafeFileHandle(read.Release(), ownsHandle: true), FileAccess.Read, 1);
        byte[] buffer = new byte[4096];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            lock (_output)
            {
                _output.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }
        }
    }
}
