using Roundtrip.Configuration.Patterns;
using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Configuration.Loading;

internal sealed partial class Load
{
    // The files that are being read, the outermost first.
    private readonly List<string> _reading = [];

    public void ReadFirst(string file)
    {
        string path = Paths.Resolve(_root, file);
        ReadFile(path, new SourcePosition(path, 0), _nodes);
    }

    /// <summary>Include and IncludeOptional: a file, a directory with all below it, or a pattern of any of its components.</summary>
    private void Include(DirectiveNode directive, bool isOptional, List<ConfigurationNode> target)
    {
        if (!TryWords(directive, 1, 1, "one argument, a file, a directory or a pattern", out IReadOnlyList<string> words))
        {
            return;
        }

        string path = Paths.Resolve(_root, words[0]);
        if (Glob.IsPattern(path))
        {
            string[] components = path[1..].Split('/');
            IncludeMatching("/", components, directive.Position, isOptional, target);
        }
        else if (!isOptional || _source.KindOf(path) != PathKind.Nothing)
        {
            IncludePath(path, directive.Position, 0, target);
        }
    }

    // httpd's process_resource_config_fnmatch: names are taken in the order of their bytes, those with a leading period only where the pattern has one.
    private void IncludeMatching(string directory, ReadOnlySpan<string> components, SourcePosition position, bool isOptional, List<ConfigurationNode> target)
    {
        string pattern = components[0];
        ReadOnlySpan<string> rest = components[1..];
        if (!Glob.IsPattern(pattern))
        {
            IncludeRest(Paths.Join(directory, pattern), rest, position, isOptional, target);
            return;
        }

        DirectoryNames listed = _source.List(directory);
        if (listed.Names is null)
        {
            if (!isOptional)
            {
                Error(position, $"Include: could not open directory {directory}: {listed.Fault}");
            }

            return;
        }

        bool isFound = false;
        foreach (string name in listed.Names.Order(StringComparer.Ordinal))
        {
            string path = Paths.Join(directory, name);
            if (Glob.IsMatch(pattern, name, GlobOptions.Period) && (rest.IsEmpty || _source.KindOf(path) == PathKind.Directory) && !_isStopped)
            {
                isFound = true;
                IncludeRest(path, rest, position, isOptional, target);
            }
        }

        if (!isFound && !isOptional)
        {
            Error(position, $"Include: no matches for the wildcard '{pattern}' in '{directory}'");
        }
    }

    private void IncludeRest(string path, ReadOnlySpan<string> rest, SourcePosition position, bool isOptional, List<ConfigurationNode> target)
    {
        if (!rest.IsEmpty)
        {
            IncludeMatching(path, rest, position, isOptional, target);
        }
        else if (!isOptional || _source.KindOf(path) != PathKind.Nothing)
        {
            IncludePath(path, position, 0, target);
        }
    }

    private void IncludePath(string path, SourcePosition position, int depth, List<ConfigurationNode> target)
    {
        if (_source.KindOf(path) != PathKind.Directory)
        {
            ReadFile(path, position, target);
            return;
        }

        if (depth >= _limits.DirectoryDepth)
        {
            Error(position, $"Directory {path} lies more than {_limits.DirectoryDepth} directories deep in an included one");
            return;
        }

        DirectoryNames listed = _source.List(path);
        if (listed.Names is null)
        {
            Error(position, $"Could not open config directory {path}: {listed.Fault}");
            return;
        }

        foreach (string name in listed.Names.Order(StringComparer.Ordinal))
        {
            if (!_isStopped)
            {
                IncludePath(Paths.Join(path, name), position, depth + 1, target);
            }
        }
    }

    private void ReadFile(string path, SourcePosition position, List<ConfigurationNode> target)
    {
        if (_reading.Contains(path))
        {
            Error(position, $"{path} includes itself: {string.Join(" includes ", _reading)} includes {path}");
            return;
        }

        if (_reading.Count > _limits.IncludeDepth)
        {
            Error(position, $"{path} is included by more than {_limits.IncludeDepth} files in one another");
            return;
        }

        FileText read = _source.Read(path);
        if (read.Text is not { } text)
        {
            Error(position, $"Could not open configuration file {path}: {read.Fault}");
        }
        else if (text.Contains('\0'))
        {
            Error(new SourcePosition(path, 1 + text.AsSpan(0, text.IndexOf('\0')).Count('\n')), "The file holds a NUL: it is not a configuration");
        }
        else if (Charge(position, text.Length + path.Length))
        {
            _reading.Add(path);
            ReadLines(new LineStack(new LogicalLines(path, text, _limits.LineLength)), target);
            _reading.RemoveAt(_reading.Count - 1);
        }
    }
}
