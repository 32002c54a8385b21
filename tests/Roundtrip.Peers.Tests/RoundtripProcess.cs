using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Roundtrip.Peers.Tests;

/// <summary>The program serving a folder as a process of its own, on ports that the system chose.</summary>
internal sealed partial class RoundtripProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly string _dataFolder = Directory.CreateTempSubdirectory("roundtrip-data-").FullName;

    /// <param name="prefix">Words before the program, such as <c>prlimit --nofile=64</c>.</param>
    public RoundtripProcess(string folder, bool published = false, string prefix = "", params string[] arguments)
    {
        string[] program = published ? [Repository.PublishedProgram] : ["dotnet", Repository.BuiltProgram];
        string[] words = [.. prefix.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. program, "serve", folder, "--http", "0", "--https", "0", .. arguments];
        Assert.True(File.Exists(program[^1]), $"{program[^1]} is missing: run {(published ? "eng/publish" : "./check")}");
        _process = new Process { StartInfo = Run.StartInfo(words[0], words[1..]) };
        _process.StartInfo.Environment["XDG_DATA_HOME"] = _dataFolder;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        _process.Start();
        _process.BeginErrorReadLine();
        string ready = _process.StandardOutput.ReadLine() ?? "";
        Match match = ReadyLine().Match(ready);
        Assert.True(match.Success, $"no ready line but '{ready}'; errors: {Errors}");
        (Http, Https) = (match.Groups[1].Value, match.Groups[2].Value);
        HttpPort = int.Parse(match.Groups[3].Value, null);
        HttpsPort = int.Parse(match.Groups[4].Value, null);
    }

    /// <summary>Such as <c>http://127.0.0.1:8080/</c>.</summary>
    public string Http { get; }

    public string Https { get; }

    public int HttpPort { get; }

    public int HttpsPort { get; }

    public int Id => _process.Id;

    /// <summary>The certificate that the program made for itself.</summary>
    public string CertificateFile => Path.Combine(_dataFolder, "roundtrip/localhost.crt");

    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>The size of the process's resident memory in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>What the process has used of all processors since it began.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public int DescriptorCount => Directory.GetFiles($"/proc/{Id}/fd").Length;

    /// <summary>Ends the program by SIGTERM and gives its exit code and whole standard error.</summary>
    public (int ExitCode, string Errors) Stop()
    {
        Assert.Equal(0, Run.Program("kill", "-TERM", $"{Id}").ExitCode);
        Assert.True(_process.WaitForExit(TimeSpan.FromSeconds(20)), "the program did not end on SIGTERM");
        _process.WaitForExit();
        return (_process.ExitCode, Errors);
    }

    /// <summary>Waits until the error log or access log on standard error has a line with the text.</summary>
    public void UntilLogged(string text)
    {
        for (long giveUp = Environment.TickCount64 + 10_000; !Errors.Contains(text, StringComparison.Ordinal);)
        {
            Assert.True(Environment.TickCount64 < giveUp, $"'{text}' was not logged; the log: {Errors}");
            Thread.Yield();
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        Directory.Delete(_dataFolder, recursive: true);
    }

    [GeneratedRegex(@"^ready (?<1>http://[0-9.]+:(?<3>\d+)/) (?<2>https://[0-9.]+:(?<4>\d+)/)$")]
    private static partial Regex ReadyLine();
}
