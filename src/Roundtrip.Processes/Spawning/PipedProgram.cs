using System.Runtime.InteropServices;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Spawning;

/// <summary>
/// A program that lives as long as its pipe and is started again when it dies, such as a CustomLog's. Both ends of the pipe are kept here: what is written while it is
/// dead waits in the pipe (64 KiB, then writers wait) and is read by the next one; what one had read when it died is lost with it.
/// </summary>
/// <remarks>In a loop: poll <see cref="Pidfd"/> where it is not null, and call <see cref="Advance"/> when it is ready or <see cref="NextDeadline"/> has come.</remarks>
public sealed class PipedProgram : IDisposable
{
    private readonly ChildStart _start;
    private readonly Action<string> _log;
    private readonly long _grace;
    private readonly OwnedDescriptor _reader;
    private ChildProcess? _child;
    private Backoff _backoff;
    private long _startedAt;
    private int _stopSteps = -1;

    private PipedProgram(ChildStart start, OwnedDescriptor reader, OwnedDescriptor writer, Action<string> log, long grace) =>
        (_start, _reader, Writer, _log, _grace) = (start, reader, writer, log, grace);

    /// <summary>The pipe's end to write to; for the server's use, <see cref="OwnedDescriptor.Duplicate(int)"/> or the control channel gives it another.</summary>
    public OwnedDescriptor Writer { get; }

    /// <summary>Null while the program is dead.</summary>
    public OwnedDescriptor? Pidfd => _child?.Pidfd;

    public int? Pid => _child?.Pid;

    /// <summary>When <see cref="Advance"/> is to be called, in milliseconds; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDeadline { get; private set; } = long.MaxValue;

    /// <summary>Whether it was stopped and is gone.</summary>
    public bool HasEnded => _stopSteps >= 0 && _child is null;

    /// <summary>Starts the program. A first start that fails is the configuration's fault, and is not tried again.</summary>
    /// <param name="error">Where the program's own words go (its descriptors 1 and 2).</param>
    /// <param name="log">Gets a line when the program dies.</param>
    /// <param name="grace">Milliseconds from the pipe's end to SIGTERM, and from there to SIGKILL.</param>
    /// <param name="now">Milliseconds of a monotonic clock.</param>
    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public static bool TryStart(PipedCommand command, SafeHandle error, Action<string> log, long grace, long now, out PipedProgram? program, out SystemError? fault)
    {
        ArgumentNullException.ThrowIfNull(command);
        (OwnedDescriptor reader, OwnedDescriptor writer) = DescriptorPair.Pipe();
        var start = new ChildStart
        {
            Path = command.Program,
            Arguments = command.Arguments,
            Descriptors = [new(reader, 0), new(error, 1), new(error, 2)],
        };
        program = new PipedProgram(start, reader, writer, log, grace);
        if (program.TryStartChild(now, out fault))
        {
            return true;
        }

        program.Dispose();
        program = null;
        return false;
    }

    /// <summary>Sees to what happened and to what is due.</summary>
    public void Advance(long now)
    {
        if (_child is not null && _child.TryReap(out ExitStatus status))
        {
            OnExit(status, now);
        }

        if (now < NextDeadline)
        {
            return;
        }

        NextDeadline = long.MaxValue;
        if (_stopSteps < 0)
        {
            if (!TryStartChild(now, out SystemError? fault))
            {
                NextDeadline = now + _backoff.Next(0);
                _log($"piped program: {fault}");
            }
        }
        else
        {
            _child?.Kill(_stopSteps++ == 0 ? SignalNumber.Terminate : SignalNumber.Kill);
            NextDeadline = _stopSteps == 1 ? now + _grace : long.MaxValue;
        }
    }

    /// <summary>Closes the pipe, so that the program reads its end once all other writers have closed it too; then SIGTERM, then SIGKILL. Go on calling <see cref="Advance"/>.</summary>
    public void Stop(long now)
    {
        if (_stopSteps < 0)
        {
            _stopSteps = 0;
            Writer.Dispose();
            _reader.Dispose();
            NextDeadline = _child is null ? long.MaxValue : now + _grace;
        }
    }

    /// <summary>Closes what is held. A program that still runs is left to read the pipe's end.</summary>
    public void Dispose()
    {
        Writer.Dispose();
        _reader.Dispose();
        _child?.Dispose();
        _child = null;
    }

    private void OnExit(ExitStatus status, long now)
    {
        _child!.Dispose();
        _child = null;
        if (_stopSteps >= 0)
        {
            NextDeadline = long.MaxValue;
            return;
        }

        long delay = _backoff.Next(now - _startedAt);
        NextDeadline = now + delay;
        _log($"piped program {_start.Path} ended with {status}; it is started again in {delay} ms");
    }

    private bool TryStartChild(long now, out SystemError? fault)
    {
        _startedAt = now;
        return ChildProcess.TryStart(_start, out _child, out fault);
    }
}
