using Roundtrip.Configuration.Loading;

namespace Roundtrip.Configuration.Tests.Support;

/// <summary>A folder of this test project, seen at another path.</summary>
internal sealed class DiskSource(string folder, string seenAt, IReadOnlyDictionary<string, string> variables) : IConfigurationSource
{
    public FileText Read(string path) => File.Exists(OnDisk(path)) ? new FileText(File.ReadAllText(OnDisk(path))) : new FileText(null, "No such file or directory");

    public PathKind KindOf(string path) => File.Exists(OnDisk(path)) ? PathKind.File : Directory.Exists(OnDisk(path)) ? PathKind.Directory : PathKind.Nothing;

    public DirectoryNames List(string path) => Directory.Exists(OnDisk(path))
        ? new DirectoryNames([.. Directory.EnumerateFileSystemEntries(OnDisk(path)).Select(entry => Path.GetFileName(entry))])
        : new DirectoryNames(null, "No such file or directory");

    public string? Variable(string name) => variables.GetValueOrDefault(name);

    private string OnDisk(string path) => path.StartsWith(seenAt, StringComparison.Ordinal) ? folder + path[seenAt.Length..] : "/nowhere";
}
