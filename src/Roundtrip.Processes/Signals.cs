using System.Runtime.InteropServices;
using Roundtrip.Interop;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes;

/// <summary>The signals that came since the last <see cref="Signals.Take"/>.</summary>
[Flags]
public enum SignalSet
{
    None = 0,
    Terminate = 1,
    Interrupt = 2,
    Hangup = 4,
    User1 = 8,
    WindowChange = 16,
}

/// <summary>Signals as something to poll: their handlers only note them and write to an eventfd.</summary>
public sealed unsafe class Signals : IDisposable
{
    private static readonly (int Number, SignalSet Bit)[] Watched =
    [
        (SignalNumber.Terminate, SignalSet.Terminate),
        (SignalNumber.Interrupt, SignalSet.Interrupt),
        (SignalNumber.Hangup, SignalSet.Hangup),
        (SignalNumber.User1, SignalSet.User1),
        (SignalNumber.WindowChange, SignalSet.WindowChange),
    ];

    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _pending;

    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public Signals()
    {
        SetDefaults();
        Event = OwnedDescriptor.Result(Libc.EventFd(0, Libc.EfdNonblock | Libc.EfdCloexec), "eventfd");
        foreach ((int number, SignalSet bit) in Watched)
        {
            // SIGUSR1 has no name in PosixSignal; .NET takes the system's own number for any.
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)number, context =>
            {
                context.Cancel = true;
                Note(bit);
            }));
        }
    }

    /// <summary>Readable when a signal came.</summary>
    public OwnedDescriptor Event { get; }

    /// <summary>What a process that has children needs before it starts one.</summary>
    public static void SetDefaults()
    {
        // An ignored SIGCHLD, inherited from whoever started us, makes the kernel reap children itself: every wait fails with ECHILD.
        _ = Libc.Signal(Libc.SigChld, Libc.SigDefault);
        _ = Libc.Signal(Libc.SigPipe, Libc.SigIgnore);
    }

    /// <summary>What came since the last call. Does not wait.</summary>
    public SignalSet Take()
    {
        // Read before the set is taken: a signal that comes between the two is in the set, and wakes us once for nothing.
        ulong ignored;
        _ = Libc.Read(Event, &ignored, sizeof(ulong));
        return (SignalSet)Interlocked.Exchange(ref _pending, 0);
    }

    /// <summary>What comes next, waited for.</summary>
    public SignalSet Wait()
    {
        var poll = new PollSet();
        poll.Add(Event);
        SignalSet arrived;
        while ((arrived = Take()) == SignalSet.None)
        {
            poll.Wait(-1);
        }

        return arrived;
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        Event.Dispose();
    }

    private void Note(SignalSet bit)
    {
        Interlocked.Or(ref _pending, (int)bit);
        ulong one = 1;
        try
        {
            _ = Libc.Write(Event, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // A handler that was under way when the registration ended; nobody waits for it any more.
        }
    }
}
