using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Roundtrip.Tests;

/// <summary>A Redis server of a test's own, on a free port, with its data in a folder of its own.</summary>
internal sealed class RedisProcess : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-redis-").FullName;
    private readonly string[] _options;
    private Process _process;
    private bool _isKilled;

    /// <param name="options">Further words of redis-server.</param>
    public RedisProcess(params string[] options)
    {
        (_options, Port) = (options, FreePorts.InARow(1));
        _process = Start();
    }

    public int Port { get; }

    public string Url => $"redis://127.0.0.1:{Port}";

    /// <summary>SIGSTOP: it is there, and silent.</summary>
    public void Pause() => Signal("STOP");

    public void Resume() => Signal("CONT");

    /// <summary>Ends it by SIGKILL.</summary>
    public void Kill()
    {
        Signal("CONT");
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _isKilled = true;
    }

    /// <summary>Starts it again, at the same port.</summary>
    /// <param name="keepsData">Whether it finds what it had stored.</param>
    public void Restart(bool keepsData)
    {
        if (!keepsData)
        {
            Directory.Delete(_folder, recursive: true);
            Directory.CreateDirectory(_folder);
        }

        _process = Start();
        _isKilled = false;
    }

    /// <summary>What it has stored, as files.</summary>
    public void CopyTo(string folder) => Copy(_folder, folder);

    /// <summary>Has it find another's files, once it is started again.</summary>
    public void CopyFrom(string folder)
    {
        Directory.Delete(_folder, recursive: true);
        Copy(folder, _folder);
    }

    /// <summary>Sends an inline command, and gives the first line of the reply.</summary>
    public string Say(string command)
    {
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, Port);
        client.GetStream().Write(Encoding.UTF8.GetBytes(command + "\r\n"));
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        return reader.ReadLine() ?? "";
    }

    public void Dispose()
    {
        if (!_isKilled)
        {
            Kill();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("redis-server", ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--enable-debug-command", "yes", .. _options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (int i = 0; i < 500; i++)
        {
            try
            {
                if (Say("PING") is { Length: > 0 } answer && !answer.StartsWith("-LOADING", StringComparison.Ordinal))
                {
                    return process;
                }
            }
            catch (Exception fault) when (fault is SocketException or IOException)
            {
                Thread.Sleep(20);
            }
        }

        process.Kill();
        throw new InvalidOperationException("redis-server does not answer: is it installed (eng/install-peers)?");
    }

    private void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-" + name, $"{_process.Id}"]);
        kill.WaitForExit();
    }
}
