using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Roundtrip.Peers.Tests.ApacheSideBySide;

/// <summary>One folder of files and one configuration, served by httpd and by Roundtrip, each on a port of its own.</summary>
public sealed class Ground : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _servers = [];

    public Ground()
    {
        WriteFiles();
        ApachePort = FreePorts.InARow(2);
        RoundtripPort = ApachePort + 1;

        // As root, the servers must be somebody else, who can read the folder.
        string user = Environment.IsPrivilegedProcess ? "User www-data\nGroup www-data" : "";
        Start("apache2", ["-D", "FOREGROUND", "-f", WriteConfiguration("httpd", ApachePort, user)], ApachePort);
        Start("dotnet", [Repository.BuiltProgram, "serve", "-c", WriteConfiguration("roundtrip", RoundtripPort, user)], RoundtripPort);
        using var modules = JsonDocument.Parse(Run.Program("dotnet", Repository.BuiltProgram, "modules", "--json").Output);
        Built = [.. modules.RootElement.EnumerateArray().Select(module => module.GetProperty("name").GetString()!)];
    }

    public int ApachePort { get; }

    public int RoundtripPort { get; }

    /// <summary>The modules that Roundtrip has.</summary>
    public HashSet<string> Built { get; }

    /// <summary>The date of every file.</summary>
    public static DateTime Date { get; } = new(2020, 2, 2, 2, 2, 2, DateTimeKind.Utc);

    internal static string TableFolder { get; } = Here();

    public void Dispose()
    {
        foreach (Process server in _servers)
        {
            if (!server.HasExited)
            {
                // httpd's children go with it when it is asked to end.
                Run.Program("kill", "-TERM", $"{server.Id}");
                if (!server.WaitForExit(TimeSpan.FromSeconds(10)))
                {
                    server.Kill(entireProcessTree: true);
                }
            }

            server.Dispose();
        }

        _folder.Dispose();
    }

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    private void Start(string program, string[] arguments, int port)
    {
        var server = new Process { StartInfo = Run.StartInfo(program, arguments) };
        server.Start();
        server.StandardInput.Close();
        _servers.Add(server);
        Task<string> errors = server.StandardError.ReadToEndAsync();
        for (long giveUp = Environment.TickCount64 + 20_000; !IsListening(port);)
        {
            Assert.False(server.HasExited, $"{program} did not start: {(server.HasExited ? errors.Result : "")}");
            Assert.True(Environment.TickCount64 < giveUp, $"{program} does not listen");
            Thread.Yield();
        }
    }

    private static bool IsListening(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string WriteConfiguration(string server, int port, string own)
    {
        Directory.CreateDirectory($"{_folder.Path}/{server}");
        string text = File.ReadAllText(Path.Combine(TableFolder, "httpd.conf"));
        _folder.Write($"{server}/httpd.conf", text.Replace("@ROOT@", _folder.Path, StringComparison.Ordinal).Replace("@PORT@", $"{port}", StringComparison.Ordinal)
            .Replace("@LOGS@", $"{_folder.Path}/{server}", StringComparison.Ordinal).Replace("@SERVER@", own, StringComparison.Ordinal));
        return $"{_folder.Path}/{server}/httpd.conf";
    }

    // What a program says, so that each variable of its environment is compared by itself: those that must differ are left out.
    private static string? ScriptOf(string name) => name switch
    {
        "cgi-bin/status" => "printf 'Status: 404 Not here\\nContent-Type: text/plain\\nX-Own: yes\\n\\nown'",
        "cgi-bin/away" => "printf 'Location: http://other.test/there\\n\\n'",
        "cgi-bin/local" => "printf 'Location: /cgi-bin/env/local?x=y\\n\\n'",
        "cgi-bin/garbage" => "echo garbage",
        "cgi-bin/seen" =>
            "printf 'Content-Type: text/plain\\nX-Seen: early %s, late %s, gone %s, edited %s, accept %s\\nX-Variables: %s %s %s\\n\\nseen' \"$HTTP_X_EARLY\" \"$HTTP_X_LATE\" \"$HTTP_X_GONE\" \"$HTTP_X_EDITED\" \"$HTTP_ACCEPT_ENCODING\" \"$EARLY\" \"$LATE\" \"$GONE\"",
        "cgi-bin/nothing" => "exit 1",
        "cgi-bin/nph-own" => "printf 'HTTP/1.1 299 Own\\r\\nContent-Type: text/plain\\r\\nX-Own: yes\\r\\nConnection: close\\r\\n\\r\\nown'",
        _ when name.StartsWith("cgi-bin/", StringComparison.Ordinal) || name.EndsWith(".cgi", StringComparison.Ordinal) =>
            "unset REMOTE_PORT SERVER_PORT SERVER_SOFTWARE SERVER_SIGNATURE OLDPWD\nenv | sed -n 's/^\\([A-Za-z0-9_]*\\)=/X-\\1: /p'\nprintf 'X-Arguments: %s' \"$*\"\nprintf '\\nContent-Type: text/plain\\n\\n'\ncat",
        _ => null,
    };

    private void WriteFiles()
    {
        Assert.Equal(0, Run.Program("chmod", "755", _folder.Path).ExitCode);
        foreach (string line in File.ReadLines(Path.Combine(TableFolder, "files.txt")).Where(line => line.Length > 0 && line[0] != '#'))
        {
            string[] words = line.Split(" -> ");
            string path = $"{_folder.Path}/www/{words[0]}";
            if (words.Length == 2)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.CreateSymbolicLink(path, words[1]);
            }
            else if (ScriptOf(words[0]) is { } script)
            {
                _folder.Write($"www/{words[0]}", $"#!/bin/sh\n{script}\n");
                Assert.Equal(0, Run.Program("chmod", "755", path).ExitCode);
            }
            else
            {
                // Text that is worth compressing, and says whose it is.
                _folder.Write($"www/{words[0]}", words[0].EndsWith("empty.txt", StringComparison.Ordinal) ? "" : string.Concat(Enumerable.Repeat($"{words[0]}\n", 60)));
                File.SetLastWriteTimeUtc(path, Date);
            }
        }
    }
}
