namespace Roundtrip.Processes.Tests;

/// <summary>A folder of its own for a test, which any user may enter.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder() => File.SetUnixFileMode(Path, (UnixFileMode)0x1ED); // 0755

    public string Path { get; } = Directory.CreateTempSubdirectory("roundtrip-processes-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Read(string name) => File.Exists(this[name]) ? File.ReadAllText(this[name]) : "";

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
