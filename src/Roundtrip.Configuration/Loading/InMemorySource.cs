namespace Roundtrip.Configuration.Loading;

/// <summary>A source of files that are given as texts: for tests, and for a configuration that is not on disk. A directory is there when a file is in it, or when it was added.</summary>
public sealed class InMemorySource : IConfigurationSource
{
    private readonly Dictionary<string, string> _files = [];
    private readonly Dictionary<string, SortedSet<string>> _directories = [];
    private readonly Dictionary<string, string> _variables = [];

    /// <summary>Adds or replaces a file, with the directories above it.</summary>
    public InMemorySource With(string path, string text)
    {
        _files[path] = text;
        AddTo(Paths.Parent(path), path);
        return this;
    }

    public InMemorySource WithDirectory(string path)
    {
        if (_directories.TryAdd(path, new SortedSet<string>(StringComparer.Ordinal)) && path != "/")
        {
            AddTo(Paths.Parent(path), path);
        }

        return this;
    }

    public InMemorySource WithVariable(string name, string value)
    {
        _variables[name] = value;
        return this;
    }

    public FileText Read(string path) => _files.TryGetValue(path, out string? text) ? new FileText(text)
        : new FileText(null, _directories.ContainsKey(path) ? "Is a directory" : "No such file or directory");

    public PathKind KindOf(string path) => _files.ContainsKey(path) ? PathKind.File
        : _directories.ContainsKey(path) ? PathKind.Directory : PathKind.Nothing;

    public DirectoryNames List(string path) => _directories.TryGetValue(path, out SortedSet<string>? names) ? new DirectoryNames([.. names])
        : new DirectoryNames(null, _files.ContainsKey(path) ? "Not a directory" : "No such file or directory");

    public string? Variable(string name) => _variables.GetValueOrDefault(name);

    private void AddTo(string directory, string path)
    {
        WithDirectory(directory);
        _directories[directory].Add(path[(path.LastIndexOf('/') + 1)..]);
    }
}
