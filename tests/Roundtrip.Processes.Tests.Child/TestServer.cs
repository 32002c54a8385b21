using System.Net.Sockets;
using System.Text;
using Roundtrip.Processes.Control;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Supervision;
using Roundtrip.Processes.Users;

namespace Roundtrip.Processes.Tests.Child;

/// <summary>A server whose behaviour is the generation's payload: a word each.</summary>
internal static class TestServer
{
    private static readonly HashSet<string> Accepting = [];

    public static int Run()
    {
        using SupervisedServer server = SupervisedServer.Enter("test");
        FileStream? log = null;
        bool ignoresStop = false;
        byte[] serving = [];
        while (true)
        {
            ControlResult result = server.TryReceive(TimeSpan.FromMinutes(1), out SupervisorOrder? order, out string? error);
            if (result == ControlResult.Nothing)
            {
                continue;
            }

            if (result != ControlResult.Message)
            {
                return error is null ? 0 : 4;
            }

            switch (order)
            {
                case SupervisorOrder.Serve serve:
                    serving = serve.Payload.ToArray();
                    string words = Encoding.UTF8.GetString(serving);
                    if (words.Contains("die", StringComparison.Ordinal))
                    {
                        return 3;
                    }

                    if (words.Contains("refuse", StringComparison.Ordinal))
                    {
                        foreach (NamedDescriptor named in serve.Descriptors)
                        {
                            named.Descriptor.Dispose();
                        }

                        server.Refuse(serve.Number, "no\u001b[31m");
                        break;
                    }

                    FileStream? before = log;
                    log = Take(serve, out OwnedDescriptor? piped);
                    Write(log, $"{serve.Number} {words} {Privileges.Describe()[0].UserIds[0]}\n");
                    if (piped is not null)
                    {
                        using var pipe = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(piped.Release(), true), FileAccess.Write, 1);
                        Write(pipe, $"piped {serve.Number}\n");
                    }

                    ignoresStop = words.Contains("stubborn", StringComparison.Ordinal);
                    if (!words.Contains("silent", StringComparison.Ordinal))
                    {
                        // The old log is written to until the very acknowledgement.
                        Write(before, $"last {serve.Number}\n");
                        before?.Dispose();
                        server.Acknowledge(serve.Number);
                    }

                    Misbehave(server, serve.Number, words);
                    break;
                case SupervisorOrder.Started started:
                    Write(log, $"started {started.Token} {Read(started.Socket)}\n");
                    if (started.Output is not null)
                    {
                        Write(log, $"output of {started.Pid > 0} {ReadPipe(started.Output)}\n");
                    }

                    if (Encoding.UTF8.GetString(serving).Contains("kill", StringComparison.Ordinal))
                    {
                        server.Kill(started.Token + 1, 9);
                        server.Kill(started.Token, 12);
                    }

                    break;
                case SupervisorOrder.StartRefused refused:
                    Write(log, $"start refused {refused.Token}\n");
                    break;
                case SupervisorOrder.ProgramEnded ended:
                    Write(log, $"ended {ended.Token} {ended.Status}\n");
                    break;
                case SupervisorOrder.GracefulStop:
                    Write(log, "graceful\n");
                    return 0;
                case SupervisorOrder.Stop when !ignoresStop:
                    return 0;
            }
        }
    }

    private static FileStream? Take(SupervisorOrder.Serve serve, out OwnedDescriptor? piped)
    {
        FileStream? log = null;
        piped = null;
        foreach (NamedDescriptor named in serve.Descriptors)
        {
            if (named.Name == "log")
            {
                log = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(named.Descriptor.Release(), true), FileAccess.Write, 1);
            }
            else if (named.Name == "piped")
            {
                piped = named.Descriptor;
            }
            else if (Accepting.Add(named.Name))
            {
                Accept(new Socket(new SafeSocketHandle(named.Descriptor.Release(), ownsHandle: true)));
            }
            else
            {
                named.Descriptor.Dispose();
            }
        }

        return log;
    }

    private static void Accept(Socket listener) => new Thread(() =>
    {
        while (true)
        {
            using Socket connection = listener.Accept();
            connection.Send(Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
        }
    })
    { IsBackground = true }.Start();

    private static void Misbehave(SupervisedServer server, uint number, string words)
    {
        using ControlChannel raw = ControlChannel.Over(server.Socket.Duplicate());
        TimeSpan limit = TimeSpan.FromSeconds(5);
        foreach (string word in words.Split(' '))
        {
            switch (word)
            {
                case "start0":
                    server.Start(number, 0, 7);
                    break;
                case "start9":
                    server.Start(number, 9, 8);
                    break;
                case "start-many":
                    for (uint i = 0; i < 150; i++)
                    {
                        server.Start(number, 0, i);
                    }

                    break;
                case "bad-signal":
                    server.Kill(7, 1);
                    break;
                case "unknown-kind":
                    raw.TrySend(99, [1, 2, 3, 4], [], limit, out _);
                    break;
                case "descriptors":
                    raw.TrySend(16, BitConverter.GetBytes(number), [server.Socket], limit, out _);
                    break;
                case "oversized":
                    raw.TrySend(16, new byte[8000], [], limit, out _);
                    break;
                case "in-memory":
                    raw.TrySend(16, new byte[100_000], [], limit, out _);
                    break;
                case "never-sent":
                    server.Acknowledge(number + 5);
                    break;
            }
        }
    }

    private static string Read(OwnedDescriptor? socket)
    {
        if (socket is null)
        {
            return "nothing";
        }

        using var stream = new NetworkStream(new Socket(new SafeSocketHandle(socket.Release(), ownsHandle: true)), ownsSocket: true);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Trim();
    }

    private static string ReadPipe(OwnedDescriptor pipe)
    {
        using var stream = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(pipe.Release(), true), FileAccess.Read, 1);
        using var reader = new StreamReader(stream);
        return (reader.ReadLine() ?? "").Trim();
    }

    private static void Write(FileStream? log, string line)
    {
        log?.Write(Encoding.UTF8.GetBytes(line));
        log?.Flush();
    }
}
