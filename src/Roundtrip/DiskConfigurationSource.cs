using Roundtrip.Configuration.Loading;

namespace Roundtrip.Program;

/// <summary>The configuration's files as they are on the disk, and the variables that it may use.</summary>
/// <param name="variables">Debian's envvars, or the process's own environment.</param>
internal sealed class DiskConfigurationSource(Func<string, string?> variables) : IConfigurationSource
{
    private readonly List<string> _read = [];

    /// <summary>The files that were read, in that order.</summary>
    public IReadOnlyList<string> ReadFiles => _read;

    public FileText Read(string path)
    {
        try
        {
            _read.Add(path);
            return new FileText(File.ReadAllText(path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new FileText(null, fault.Message);
        }
    }

    public PathKind KindOf(string path) => File.Exists(path) ? PathKind.File : Directory.Exists(path) ? PathKind.Directory : PathKind.Nothing;

    public DirectoryNames List(string path)
    {
        try
        {
            return new DirectoryNames([.. Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry))]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new DirectoryNames(null, fault.Message);
        }
    }

    public string? Variable(string name) => variables(name);
}
