namespace Roundtrip.Peers.Tests.Wsgi.Processes;

/// <summary>A virtual environment of PyPy, as <c>python3 -m venv</c> makes it.</summary>
internal sealed class PyPyEnvironment : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-pypy-").FullName;

    public PyPyEnvironment()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "bin"));
        File.WriteAllText(Path.Combine(_folder, "pyvenv.cfg"), "home = /usr/bin\n");
        File.CreateSymbolicLink(Path.Combine(_folder, "bin", "python3"), "/usr/bin/pypy3");
        Assert.Equal(0, Run.Program("chmod", "755", _folder).ExitCode);
    }

    /// <summary>For WSGIDaemonProcess.</summary>
    public string Option => $"python-home={_folder}";

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
