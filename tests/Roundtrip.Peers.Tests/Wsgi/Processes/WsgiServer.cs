using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Roundtrip.Peers.Tests.Wsgi.Processes;

/// <summary>The program with one WSGI application in a process group <c>g</c>: as root starts it, with a supervisor and users of their own, or as nobody does, without.</summary>
internal sealed class WsgiServer : IDisposable
{
    private const int Patience = 30_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-wsgi-").FullName;
    private readonly StringBuilder _errors = new();
    private readonly bool _isSupervised;
    private readonly Process _process;

    /// <param name="application">The text of app.wsgi.</param>
    /// <param name="options">Of WSGIDaemonProcess.</param>
    /// <param name="more">Lines of the configuration.</param>
    public WsgiServer(string application, string options = "", bool isSupervised = true, string more = "")
        : this(server => server.Prepare(application, options, more), isSupervised)
    {
    }

    /// <param name="prepare">Writes what is to be served, and the configuration.</param>
    /// <param name="environment">What the program's environment has besides.</param>
    public WsgiServer(Action<WsgiServer> prepare, bool isSupervised = true, params IReadOnlyList<(string Name, string Value)> environment)
    {
        _isSupervised = isSupervised;
        Assert.Equal(0, Run.Program("chmod", "777", _folder).ExitCode);
        prepare(this);
        string[] program = ["dotnet", Repository.BuiltProgram, "serve", "-c", ConfigurationFile];
        string[] words = isSupervised ? program : ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", .. program];
        _process = new Process { StartInfo = Run.StartInfo(words[0], words[1..]) };
        foreach ((string name, string value) in environment)
        {
            _process.StartInfo.Environment[name] = value;
        }

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
        Assert.True(ready.StartsWith("ready ", StringComparison.Ordinal), $"no ready line but '{ready}': {Log}{Errors}");
    }

    public int Port { get; } = FreePorts.InARow(1);

    public string Url => $"http://127.0.0.1:{Port}/";

    public string Folder => _folder;

    public string ConfigurationFile => Path.Combine(_folder, "httpd.conf");

    public string ApplicationFile => Path.Combine(_folder, "app.wsgi");

    /// <summary>The error log.</summary>
    public string Log => LogOf("error.log");

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The process that talks to the network.</summary>
    public int ServerId => _isSupervised
        ? Children(_process.Id).Single(child => CommandOf(child).Contains("supervised-server", StringComparison.Ordinal))
        : _process.Id;

    public int MainId => _process.Id;

    /// <summary>The worker processes that there are, by their numbers. One list was seen to lack a process that was there all the time, so it is of two.</summary>
    public IReadOnlyList<int> Workers => [.. ListedWorkers.Union(ListedWorkers).Order()];

    private IReadOnlyList<int> ListedWorkers =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Select(name => int.TryParse(name, NumberStyles.None, null, out int id) ? id : 0)
            .Where(id => id > 0 && CommandOf(id) is var command && command.Contains(_folder, StringComparison.Ordinal) && command.Contains("/dev/fd/", StringComparison.Ordinal)),
    ];

    private string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    public string LogOf(string name) => File.Exists(Path.Combine(_folder, name)) ? File.ReadAllText(Path.Combine(_folder, name)) : "";

    public void WriteApplication(string application)
    {
        // By rename, as editors and deployments do: no process reads half of it.
        File.WriteAllText(ApplicationFile + ".new", application);
        File.Move(ApplicationFile + ".new", ApplicationFile, overwrite: true);
    }

    public void Configure(string options, string more = "") => File.WriteAllText(ConfigurationFile, $$"""
        LoadModule authz_core_module modules/mod_authz_core.so
        LoadModule wsgi_module modules/mod_wsgi.so
        Listen 127.0.0.1:{{Port}}
        User www-data
        Group www-data
        ServerName localhost
        PidFile {{_folder}}/pid
        ErrorLog {{_folder}}/error.log
        LogLevel info
        MaxKeepAliveRequests 0
        DocumentRoot {{_folder}}
        <Directory {{_folder}}>
            Require all granted
        </Directory>
        WSGIDaemonProcess g {{options}}
        WSGIScriptAlias / {{ApplicationFile}} process-group=g application-group=%{GLOBAL}
        {{more}}
        """);

    public string Get(string path = "") => Client.GetStringAsync(new Uri(Url + path)).GetAwaiter().GetResult();

    public int StatusOf(string path)
    {
        using HttpResponseMessage response = Client.GetAsync(new Uri(Url + path)).GetAwaiter().GetResult();
        return (int)response.StatusCode;
    }

    public Finished Verb(string verb) => Run.Program("dotnet", Repository.BuiltProgram, verb, "-c", ConfigurationFile);

    /// <summary>Waits until so many workers are there, none of them among <paramref name="not"/>.</summary>
    public void UntilWorkers(int count, params IReadOnlyList<int> not) =>
        Until(() => Workers is var workers && workers.Count == count && !workers.Intersect(not).Any(), () => $"{count} workers without {string.Join(' ', not)}, but {string.Join(' ', Workers)}: {Log}");

    public void UntilLogged(string text, string log = "error.log") => Until(() => LogOf(log).Contains(text, StringComparison.Ordinal), () => $"'{text}' is not logged: {LogOf(log)}");

    public void UntilEnded() => Assert.True(_process.WaitForExit(TimeSpan.FromSeconds(30)), $"the program did not end: {Log}");

    public static void Until(Func<bool> condition, Func<string> otherwise)
    {
        for (long until = Environment.TickCount64 + Patience; !condition();)
        {
            Assert.True(Environment.TickCount64 < until, otherwise());
            Thread.Sleep(10);
        }
    }

    public static void Kill(string signal, int id) => Run.Program("kill", $"-{signal}", $"{id}");

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill("TERM", _process.Id);
            if (!_process.WaitForExit(TimeSpan.FromSeconds(20)))
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
        Client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Writes an application and the configuration that names it.</summary>
    public void Prepare(string application, string options, string more = "")
    {
        WriteApplication(application);
        Configure(options, more);
    }

    public static IEnumerable<int> Children(int id) =>
        Directory.EnumerateDirectories($"/proc/{id}/task").SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(child => int.Parse(child, null));

    private static string CommandOf(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            // It ended since the folder was listed.
            return "";
        }
    }
}
