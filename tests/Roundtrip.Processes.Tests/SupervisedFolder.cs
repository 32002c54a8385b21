using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Roundtrip.Interop;
using Roundtrip.Processes.Spawning;

namespace Roundtrip.Processes.Tests;

/// <summary>A supervisor of its own process over a folder with a configuration (the child program's TestService).</summary>
internal sealed class SupervisedFolder : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ChildProgram _program;

    public SupervisedFolder(string[] configuration, params string[] environment)
    {
        Configure(configuration);
        ChildStart start = ChildProgram.Own("supervisor", _folder.Path);
        _program = ChildProgram.Start(start with { Environment = [.. StringVector.OwnEnvironment(), .. environment] }, withErrors: true);
    }

    public string Output => _program.Output;

    public string Log => _folder.Read("log");

    public ChildProcess Process => _program.Process;

    public void Configure(params string[] lines) => File.WriteAllLines(_folder["config"], lines);

    public string this[string name] => _folder[name];

    public string Read(string name) => _folder.Read(name);

    public SupervisedFolder WaitForReady()
    {
        WaitForOutput("ready\n");
        return this;
    }

    public void WaitForOutput(string text) => Until.True(() => Output.Contains(text, StringComparison.Ordinal), () => $"no '{text}' in: {Output}");

    public void WaitForLog(string text) => Until.True(() => Log.Contains(text, StringComparison.Ordinal), () => $"no '{text}' in: {Log}; supervisor: {Output}");

    public void Signal(int signal) => Assert.True(_program.Process.Kill(signal));

    public ExitStatus WaitForEnd() => _program.WaitForEnd();

    /// <summary>The server that answers at a listener: its process number.</summary>
    public int Ask(string listener)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 };
        client.Connect(IPAddress.Loopback, int.Parse(Read($"port-{listener}"), CultureInfo.InvariantCulture));
        using var reader = new StreamReader(new NetworkStream(client));
        return int.Parse(reader.ReadLine() ?? throw new IOException("closed without an answer"), CultureInfo.InvariantCulture);
    }

    public static void KillProcess(int pid) => Assert.Equal(0, Libc.Kill(pid, SignalNumber.Kill));

    public void Dispose()
    {
        // A supervisor that is killed leaves a server that reads the channel's end and ends too.
        _program.Dispose();
        _folder.Dispose();
    }
}
