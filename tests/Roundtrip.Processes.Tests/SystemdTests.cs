using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Roundtrip.Processes.Spawning;
using Roundtrip.Processes.Systemd;

namespace Roundtrip.Processes.Tests;

public class SystemdTests
{
    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_notification_is_one_datagram_to_a_path_or_an_abstract_name(bool isAbstract)
    {
        using var folder = new TestFolder();
        using Socket listener = Listen(folder, isAbstract, out string name);
        using ServiceNotifier notifier = ServiceNotifier.Open(name);
        notifier.Ready();
        notifier.Stopping();
        notifier.Watchdog();
        notifier.Status("two\nlines");
        notifier.Reloading();

        Assert.Equal("READY=1", Receive(listener));
        Assert.Equal("STOPPING=1", Receive(listener));
        Assert.Equal("WATCHDOG=1", Receive(listener));
        Assert.Equal("STATUS=two lines", Receive(listener));
        Assert.Matches(@"^RELOADING=1\nMONOTONIC_USEC=\d+$", Receive(listener));
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("vsock:2:1234")]
    public void An_address_of_another_kind_is_refused(string name) => Assert.Throws<ProcessException>(() => ServiceNotifier.Open(name));

    [Fact]
    public void The_supervisor_tells_of_its_life()
    {
        using var folder = new TestFolder();
        using Socket listener = Listen(folder, isAbstract: true, out string name);
        using var supervised = new SupervisedFolder(["ok"], $"NOTIFY_SOCKET={name}", "WATCHDOG_USEC=60000000");
        supervised.WaitForReady();
        Assert.Equal("WATCHDOG=1", Receive(listener));
        Assert.Equal("READY=1", Receive(listener));

        supervised.Signal(SignalNumber.Hangup);
        Assert.StartsWith("RELOADING=1\n", Receive(listener), StringComparison.Ordinal);
        Assert.Equal("READY=1", Receive(listener));

        supervised.Configure("ok", "error bad.conf:1: no");
        supervised.Signal(SignalNumber.User1);
        Assert.StartsWith("RELOADING=1\n", Receive(listener), StringComparison.Ordinal);
        Assert.Equal("READY=1", Receive(listener));

        supervised.Signal(SignalNumber.Terminate);
        Assert.Equal("STOPPING=1", Receive(listener));
        Assert.True(supervised.WaitForEnd().IsSuccess, supervised.Output);
    }

    [Fact]
    public void Sockets_for_another_process_are_not_taken()
    {
        ChildStart own = ChildProgram.Own("activation");
        string output = ChildProgram.Run(own with { Environment = [.. StringVector.OwnEnvironment(), "LISTEN_PID=1", "LISTEN_FDS=1"] });

        Assert.Equal("left \n", output);
    }

    [Theory]
    [InlineData(true, "socket web 127.0.0.1:PORT 3\nsocket  127.0.0.1:PORT 4\nleft \n")]
    [InlineData(false, "error descriptor 3 from systemd is not listening (Accept=yes makes connections of it, and is not for servers)\n")]
    public void Sockets_from_the_environment_are_taken_when_they_listen(bool listens, string expected)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (listens)
        {
            socket.Listen();
        }

        // A shell knows its own number, which exec keeps.
        ChildStart own = ChildProgram.Own("activation");
        var start = new ChildStart
        {
            Path = "/bin/sh",
            Arguments = ["-c", "LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=web exec \"$@\"", "sh", own.Path, .. own.Arguments],
            Descriptors = [new(socket.SafeHandle, 3), new(socket.SafeHandle, 4)],
        };
        string port = ((IPEndPoint)socket.LocalEndPoint!).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(expected.Replace("PORT", port, StringComparison.Ordinal), ChildProgram.Run(start));
    }

    [Fact]
    public void Real_socket_activation_works()
    {
        const string Activate = "/usr/bin/systemd-socket-activate";
        Assert.SkipUnless(File.Exists(Activate), "systemd is not installed");
        int port = FreePorts.InARow(1);
        ChildStart own = ChildProgram.Own("activation");
        using ChildProgram program = ChildProgram.Start(
            new ChildStart { Path = Activate, Arguments = ["-l", $"127.0.0.1:{port}", "--fdname=web", own.Path, .. own.Arguments] }, withErrors: true);

        // It listens at some time, and starts the program with the first connection.
        Until.True(
            () =>
            {
                using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    client.Connect(IPAddress.Loopback, port);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            () => program.Output);
        program.WaitForEnd();

        Assert.Contains($"socket web 127.0.0.1:{port} 3\nleft \n", program.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("roundtrip.service")]
    [InlineData("roundtrip.socket")]
    public void The_units_are_sound(string unit)
    {
        const string Analyze = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(Analyze), "systemd is not installed");

        // The program need not be installed where the unit says for its other words to be verified.
        using var folder = new TestFolder();
        foreach (string name in (string[])["roundtrip.service", "roundtrip.socket"])
        {
            File.WriteAllText(folder[name], File.ReadAllText(Path.Combine(Root(), "eng", name)).Replace("/usr/bin/roundtrip", "/bin/true", StringComparison.Ordinal));
        }

        using ChildProgram program = ChildProgram.Start(new ChildStart { Path = Analyze, Arguments = ["verify", "--man=no", folder[unit]] }, withErrors: true);
        ExitStatus status = program.WaitForEnd();

        Assert.DoesNotContain("roundtrip", program.Output, StringComparison.Ordinal);
        Assert.True(status.IsSuccess, program.Output);
    }

    private static Socket Listen(TestFolder folder, bool isAbstract, out string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
        name = isAbstract ? $"@{folder["notify"]}" : folder["notify"];
        socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? $"\0{folder["notify"]}" : name));
        return socket;
    }

    private static string Receive(Socket socket)
    {
        byte[] buffer = new byte[512];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
