using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Roundtrip.Peers.Tests.Http2;

/// <summary>
/// A network namespace behind a link of 10 Mbit/s, whose queue towards it holds 32 KB: what a client in it is sent arrives as over a slow access line. It needs root, and goes with
/// its disposal.
/// </summary>
internal sealed partial class ShapedLink : IDisposable
{
    private const int NetworkSpace = 0x4000_0000;

    private static int _made;

    private readonly string _name;

    public ShapedLink()
    {
        // Names of interfaces have at most 15 characters.
        int number = Interlocked.Increment(ref _made);
        _name = $"rt{Environment.ProcessId % 1_000_000}x{number}";
        string network = $"10.77.{Environment.ProcessId % 250}.{number * 4}";
        string prefix = network[..network.LastIndexOf('.')];
        (ServerAddress, string client) = ($"{prefix}.{(number * 4) + 1}", $"{prefix}.{(number * 4) + 2}");
        Do("ip", "netns", "add", _name);
        Do("ip", "link", "add", $"{_name}s", "type", "veth", "peer", "name", $"{_name}c");
        Do("ip", "link", "set", $"{_name}c", "netns", _name);
        Do("ip", "addr", "add", $"{ServerAddress}/30", "dev", $"{_name}s");
        Do("ip", "link", "set", $"{_name}s", "up");
        Do("ip", "netns", "exec", _name, "ip", "addr", "add", $"{client}/30", "dev", $"{_name}c");
        Do("ip", "netns", "exec", _name, "ip", "link", "set", $"{_name}c", "up");
        Do("tc", "qdisc", "add", "dev", $"{_name}s", "root", "tbf", "rate", "10mbit", "burst", "5kb", "limit", "32kb");
    }

    /// <summary>Where a server is reached from within.</summary>
    public string ServerAddress { get; }

    /// <summary>Runs a program behind the link.</summary>
    public Finished Run(string program, params string[] arguments) => Tests.Run.Program("ip", ["netns", "exec", _name, program, .. arguments]);

    /// <summary>Takes the calling thread behind the link, for good: sockets that it makes from now on are there.</summary>
    public void EnterThread()
    {
        using SafeFileHandle space = File.OpenHandle($"/run/netns/{_name}");
        Assert.True(setns((int)space.DangerousGetHandle(), NetworkSpace) == 0, $"setns: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int space, int kind);

    public void Dispose()
    {
        Do("ip", "link", "del", $"{_name}s");
        Do("ip", "netns", "del", _name);
    }

    private static void Do(string program, params string[] arguments)
    {
        Finished finished = Tests.Run.Program(program, arguments);
        Assert.True(finished.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {finished.Errors}");
    }
}
