using Roundtrip.Processes.Systemd;

namespace Roundtrip.Processes.Tests.Child;

/// <summary>Prints the sockets that systemd gave, a line each, and what is left of the variables.</summary>
internal static class Activation
{
    public static int Run()
    {
        if (!SocketActivation.TryTake(out IReadOnlyList<ActivatedSocket> sockets, out string? error))
        {
            Console.Out.WriteLine($"error {error}");
            return 1;
        }

        foreach (ActivatedSocket socket in sockets)
        {
            Console.Out.WriteLine($"socket {socket.Name} {socket.Address} {socket.Descriptor.Number}");
        }

        Console.Out.WriteLine($"left {Environment.GetEnvironmentVariable("LISTEN_FDS")}{Environment.GetEnvironmentVariable("LISTEN_PID")}");
        return 0;
    }
}
