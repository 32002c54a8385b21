using System.Globalization;
using System.Net;
using Roundtrip.Interop;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Systemd;

/// <summary>A listening TCP socket that systemd opened for us.</summary>
/// <param name="Name">FileDescriptorName of its unit; empty where there is none.</param>
public sealed record ActivatedSocket(string Name, IPEndPoint Address, OwnedDescriptor Descriptor);

/// <summary>Socket activation (sd_listen_fds(3)): descriptors from 3 on, told of in LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES.</summary>
public static unsafe class SocketActivation
{
    private const int FirstDescriptor = 3;
    private const int MaximumSockets = 1024;

    /// <summary>Takes the sockets over and the variables out of the environment. Call it once, early in Main.</summary>
    /// <param name="sockets">Empty where there are none for this process.</param>
    /// <param name="error">What a descriptor is instead of a listening TCP socket; all of them are closed then.</param>
    public static bool TryTake(out IReadOnlyList<ActivatedSocket> sockets, out string? error)
    {
        string? pid = Take("LISTEN_PID");
        string? count = Take("LISTEN_FDS");
        string[] names = Take("LISTEN_FDNAMES")?.Split(':') ?? [];
        (sockets, error) = ([], null);

        // A parent that passed its own variables on: the descriptors are not ours.
        if (pid != Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
        {
            return true;
        }

        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > MaximumSockets)
        {
            error = $"LISTEN_FDS is {count}, not a number of sockets up to {MaximumSockets}";
            return false;
        }

        var taken = new List<ActivatedSocket>();
        var owned = new List<OwnedDescriptor>();
        for (int i = 0; i < number; i++)
        {
            try
            {
                owned.Add(OwnedDescriptor.Own(FirstDescriptor + i));
            }
            catch (ProcessException fault)
            {
                error ??= $"LISTEN_FDS is {number}, but {fault.Message}";
                continue;
            }

            if (AddressOf(owned[^1], out string? why) is { } address)
            {
                taken.Add(new ActivatedSocket(i < names.Length ? names[i] : "", address, owned[^1]));
            }
            else
            {
                error ??= $"descriptor {FirstDescriptor + i} from systemd is {why}";
            }
        }

        if (error is not null)
        {
            owned.ForEach(descriptor => descriptor.Dispose());
            return false;
        }

        sockets = taken;
        return true;
    }

    /// <summary>Where a listening TCP socket listens; null, and what it is instead, for anything else.</summary>
    internal static IPEndPoint? AddressOf(OwnedDescriptor socket, out string? why)
    {
        why = null;
        if (Option(socket, Libc.SoType) != Libc.SockStream)
        {
            why = "not a stream socket";
            return null;
        }

        if (Option(socket, Libc.SoAcceptconn) != 1)
        {
            why = "not listening (Accept=yes makes connections of it, and is not for servers)";
            return null;
        }

        byte* address = stackalloc byte[128];
        uint length = 128;
        if (Libc.GetSockName(socket, address, &length) < 0)
        {
            why = SystemError.Last("getsockname").Text;
            return null;
        }

        // sockaddr_in: family, port, 4 bytes. sockaddr_in6: family, port, flow, 16 bytes, scope.
        ushort port = (ushort)((address[2] << 8) | address[3]);
        switch (*(ushort*)address)
        {
            case Libc.AfInet:
                return new IPEndPoint(new IPAddress(new ReadOnlySpan<byte>(address + 4, 4)), port);
            case Libc.AfInet6:
                return new IPEndPoint(new IPAddress(new ReadOnlySpan<byte>(address + 8, 16), *(uint*)(address + 24)), port);
            default:
                why = "not a TCP socket";
                return null;
        }
    }

    private static int Option(OwnedDescriptor socket, int option)
    {
        int value;
        uint length = sizeof(int);
        return Libc.GetSockOpt(socket, Libc.SolSocket, option, &value, &length) == 0 ? value : -1;
    }

    private static string? Take(string variable)
    {
        string? value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return value;
    }
}
