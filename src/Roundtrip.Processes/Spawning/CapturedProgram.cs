using Microsoft.Win32.SafeHandles;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Spawning;

/// <summary>Runs a program to its end and keeps what it writes to standard output: for what is asked at the start, never for a loop.</summary>
public static class CapturedProgram
{
    private const int Longest = 1 << 20;

    /// <param name="start">Its descriptors are set here: standard input is empty, standard error is ours.</param>
    /// <param name="limit">After that it is killed.</param>
    /// <param name="output">What it wrote, at most 1 MiB.</param>
    /// <param name="error">Why it could not be run, or how it ended other than well.</param>
    public static bool TryRun(ChildStart start, TimeSpan limit, out byte[] output, out string? error)
    {
        output = [];
        (OwnedDescriptor reader, OwnedDescriptor writer) = DescriptorPair.Pipe();
        ChildProcess? child;
        using (writer)
        {
            if (!ChildProcess.TryStart(start with { Descriptors = [new(writer, 1), new(OwnedDescriptor.StandardError, 2)] }, out child, out SystemError? fault))
            {
                reader.Dispose();
                error = fault!.ToString();
                return false;
            }
        }

        using (child)
        using (var timer = new Timer(_ => child!.Kill(SignalNumber.Kill), null, limit, Timeout.InfiniteTimeSpan))
        using (var stream = new FileStream(new SafeFileHandle(reader.Release(), ownsHandle: true), FileAccess.Read, 0))
        {
            var buffer = new byte[Longest];
            int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            bool ended = child!.TryReap(limit, out ExitStatus status);
            error = !ended ? $"{start.Path} did not end within {limit.TotalSeconds} s" : status.IsSuccess ? null : $"{start.Path} {status}";
            output = buffer[..length];
            return error is null;
        }
    }
}
