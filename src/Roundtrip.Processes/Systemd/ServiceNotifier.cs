using System.Diagnostics;
using System.Globalization;
using System.Text;
using Roundtrip.Interop;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Systemd;

/// <summary>systemd's notification protocol (sd_notify(3)): one datagram of NAME=value lines each.</summary>
public sealed unsafe class ServiceNotifier : IDisposable
{
    // sockaddr_un: two bytes of family, 108 of path.
    private const int FamilyLength = 2;
    private const int PathLength = 108;

    private readonly OwnedDescriptor _socket;
    private readonly byte[] _address;

    private ServiceNotifier(OwnedDescriptor socket, byte[] address, TimeSpan? watchdog) => (_socket, _address, WatchdogInterval) = (socket, address, watchdog);

    /// <summary>How often <see cref="Watchdog"/> is to be sent: half of what the unit's WatchdogSec says. Null where it asks for none.</summary>
    public TimeSpan? WatchdogInterval { get; }

    /// <summary>What NOTIFY_SOCKET names, taken out of the environment so that no child talks for us; null where there is none.</summary>
    /// <exception cref="ProcessException">It is not an address that this machine has.</exception>
    public static ServiceNotifier? FromEnvironment()
    {
        string? path = Take("NOTIFY_SOCKET");
        string? interval = Take("WATCHDOG_USEC");
        string? pid = Take("WATCHDOG_PID");
        bool isForUs = pid is null || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        TimeSpan? watchdog = isForUs && long.TryParse(interval, NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds / 2)
            : null;
        return string.IsNullOrEmpty(path) ? null : Open(path, watchdog);
    }

    /// <param name="path">A file's path, or @name for one in the abstract namespace.</param>
    /// <exception cref="ProcessException">It is too long, of a kind that is not known, or there is no descriptor left.</exception>
    public static ServiceNotifier Open(string path, TimeSpan? watchdog = null)
    {
        byte[] name = Encoding.UTF8.GetBytes(path);
        if (name.Length is 0 or > PathLength || name[0] is not ((byte)'/' or (byte)'@'))
        {
            throw new ProcessException($"NOTIFY_SOCKET is {path}, which is neither a path of at most {PathLength} bytes nor @name");
        }

        byte[] address = new byte[FamilyLength + name.Length];
        BitConverter.TryWriteBytes(address, (ushort)Libc.AfUnix);
        name.CopyTo(address, FamilyLength);
        if (name[0] == (byte)'@')
        {
            address[FamilyLength] = 0;
        }

        return new ServiceNotifier(OwnedDescriptor.Result(Libc.Socket(Libc.AfUnix, Libc.SockDgram | Libc.SockCloexec, 0), "socket"), address, watchdog);
    }

    public void Ready() => Send("READY=1");

    /// <summary>A reload begins; <see cref="Ready"/> ends it. Type=notify-reload wants the time too.</summary>
    public void Reloading()
    {
        long microseconds = (long)(Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1e6));
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}"));
    }

    public void Stopping() => Send("STOPPING=1");

    public void Watchdog() => Send("WATCHDOG=1");

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string text) => Send($"STATUS={text.ReplaceLineEndings(" ")}");

    public void Dispose() => _socket.Dispose();

    // Nobody may be there any more to be told, and a service does not stand or fall by it: what the kernel answers is not asked for.
    private void Send(string state)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(state);
        fixed (byte* first = bytes)
        fixed (byte* address = _address)
        {
            _ = Libc.SendTo(_socket, first, bytes.Length, Libc.MsgNosignal | Libc.MsgDontwait, address, (uint)_address.Length);
        }
    }

    private static string? Take(string variable)
    {
        string? value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return value;
    }
}
