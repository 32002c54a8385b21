using System.Diagnostics;

namespace Roundtrip.Peers.Tests.Cgi;

/// <summary>Scripts that run while the program reloads or stops: as root starts it, with a supervisor.</summary>
public sealed class StopTests : IDisposable
{
    // It answers when the test says so.
    private const string Waits = "printf 'Content-Type: text/plain\\n\\nfirst '\nuntil [ -e go ]; do sleep 0.05; done\necho last\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-cgi-stop-").FullName;
    private readonly int _port = FreePorts.InARow(1);
    private readonly Process _process;

    public StopTests()
    {
        Assert.Equal(0, Run.Program("chmod", "777", _folder).ExitCode);
        Script("waits", Waits);
        Script("stays", "trap '' TERM\necho $$ > pid.new; mv pid.new pid\nprintf 'Content-Type: text/plain\\n\\nfirst '\nwhile :; do sleep 1; done\n");
        Script("goes", "echo $$ > pid.new; mv pid.new pid\nprintf 'Content-Type: text/plain\\n\\nfirst '\nsleep 100\n");
        Script("silent", "trap '' TERM\necho $$ > pid.new; mv pid.new pid\nwhile :; do sleep 1; done\n");
        Configure("");
        _process = new Process { StartInfo = Run.StartInfo("dotnet", [Repository.BuiltProgram, "serve", "-c", ConfigurationFile]) };
        _process.Start();
        _process.BeginErrorReadLine();
        Assert.StartsWith("ready ", _process.StandardOutput.ReadLine(), StringComparison.Ordinal);
    }

    private string ConfigurationFile => Path.Combine(_folder, "httpd.conf");

    [Theory]
    [InlineData("graceful", false)]
    [InlineData("graceful-stop", true)]
    public void A_script_ends_in_peace_and_its_answer_arrives_whole(string verb, bool ends)
    {
        using RawClient client = Ask("waits");
        Assert.Equal(0, Verb(verb).ExitCode);

        // Longer than a plain stop lets an answer go on.
        Thread.Sleep(3_500);
        File.WriteAllText(Path.Combine(_folder, "cgi-bin/go"), "");
        Assert.EndsWith("last\n\r\n0\r\n\r\n", client.ReadUntil("0\r\n\r\n"), StringComparison.Ordinal);
        if (ends)
        {
            Assert.True(_process.WaitForExit(10_000));
        }
        else
        {
            File.Delete(Path.Combine(_folder, "cgi-bin/go"));
            using RawClient next = Ask("waits");
            File.WriteAllText(Path.Combine(_folder, "cgi-bin/go"), "");
            Assert.EndsWith("0\r\n\r\n", next.ReadUntil("0\r\n\r\n"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("goes")]
    [InlineData("stays")]
    [InlineData("silent")]
    public void No_script_outlives_a_stop(string script)
    {
        using RawClient client = Ask(script);
        Assert.Equal(0, Verb("stop").ExitCode);

        Assert.True(_process.WaitForExit(12_000), "the program has not ended");
        Assert.Equal(0, _process.ExitCode);
        Assert.False(IsRunning(File.ReadAllText(Path.Combine(_folder, "cgi-bin/pid")).Trim()));
    }

    [Fact]
    public void A_graceful_stop_ends_by_GracefulShutdownTimeout_and_at_a_plain_one()
    {
        Configure("GracefulShutdownTimeout 1");
        Assert.Equal(0, Verb("graceful").ExitCode);
        using RawClient client = Ask("goes");
        Assert.Equal(0, Verb("graceful-stop").ExitCode);

        Assert.True(_process.WaitForExit(10_000), "the program has not ended");
        Assert.False(IsRunning(File.ReadAllText(Path.Combine(_folder, "cgi-bin/pid")).Trim()));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Run.Program("kill", $"{_process.Id}");
            if (!_process.WaitForExit(15_000))
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsRunning(string pid) => Directory.Exists($"/proc/{pid}");

    private RawClient Ask(string script)
    {
        var client = new RawClient(_port);
        client.Send($"GET /cgi-bin/{script} HTTP/1.1\r\nHost: a\r\n\r\n");
        if (script == "silent")
        {
            Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(_folder, "cgi-bin/pid")), 10_000));
        }
        else
        {
            client.ReadUntil("first \r\n");
        }

        return client;
    }

    private Finished Verb(string verb) => Run.Program("dotnet", Repository.BuiltProgram, verb, "-c", ConfigurationFile);

    private void Configure(string more) => File.WriteAllText(ConfigurationFile, $"""
        LoadModule authz_core_module modules/mod_authz_core.so
        LoadModule alias_module modules/mod_alias.so
        LoadModule cgid_module modules/mod_cgid.so
        Listen 127.0.0.1:{_port}
        User www-data
        Group www-data
        ServerName localhost
        PidFile {_folder}/pid
        ErrorLog {_folder}/error.log
        ScriptAlias /cgi-bin/ {_folder}/cgi-bin/
        <Directory {_folder}>
            Require all granted
        </Directory>
        {more}
        """);

    private void Script(string name, string text)
    {
        string path = Path.Combine(_folder, "cgi-bin", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "#!/bin/sh\n" + text);
        Assert.Equal(0, Run.Program("chmod", "777", Path.GetDirectoryName(path)!, path).ExitCode);
    }
}
