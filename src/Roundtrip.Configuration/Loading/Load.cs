using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Configuration.Loading;

/// <summary>
/// One load and what it knows so far. Lines are taken in order and obeyed at once, as httpd's directives marked EXEC_ON_READ are: Define counts from its line on. This part holds the state
/// and its limits; Load.Sections.cs builds the tree, Load.Includes.cs reads files, Load.Directives.cs and Load.Conditions.cs obey what acts while reading, Load.Macros.cs is mod_macro.
/// </summary>
internal sealed partial class Load
{
    private readonly IConfigurationSource _source;
    private readonly LoadOptions _options;
    private readonly ConfigurationLimits _limits;
    private readonly Variables _variables;
    private readonly List<ConfigurationNode> _nodes = [];
    private readonly List<ConfigurationError> _errors = [];
    private readonly List<ConfigurationError> _warnings = [];
    private readonly OrderedDictionary<string, string?> _defines;
    private readonly HashSet<string> _modules;
    private string _root;
    private long _text;
    private int _count;
    private bool _isStopped;

    public Load(IConfigurationSource source, LoadOptions options)
    {
        _source = source;
        _options = options;
        _limits = options.Limits;
        _variables = new Variables(source.Variable);
        _defines = new(options.Defines.Select(name => KeyValuePair.Create<string, string?>(name, null)));
        _modules = [.. options.StaticModules];
        _root = options.ServerRoot;
    }

    public LoadedConfiguration Finish() => new(_nodes, _errors, _warnings, _defines, _modules, _root);

    private void Error(SourcePosition position, string message)
    {
        if (_isStopped)
        {
            return;
        }

        _errors.Add(new ConfigurationError(position, message));
        if (_errors.Count >= _limits.Messages)
        {
            Stop(position, $"More than {_limits.Messages} errors; the rest was not read");
        }
    }

    private void Warn(SourcePosition position, string message)
    {
        if (_warnings.Count < _limits.Messages)
        {
            _warnings.Add(new ConfigurationError(position, message));
        }
    }

    /// <summary>Reports what makes going on senseless: a limit that is used up.</summary>
    private void Stop(SourcePosition position, string message)
    {
        if (!_isStopped)
        {
            _errors.Add(new ConfigurationError(position, message));
            _isStopped = true;
        }
    }

    /// <summary>Counts characters that were read or made.</summary>
    /// <returns>False when there are more than the limit.</returns>
    private bool Charge(SourcePosition position, long characters)
    {
        _text += characters;
        if (_text > _limits.Text)
        {
            Stop(position, $"The configuration is larger than {_limits.Text} characters with all that it includes and expands");
        }

        return !_isStopped;
    }

    private void Add(List<ConfigurationNode> target, ConfigurationNode node)
    {
        if (++_count > _limits.Nodes)
        {
            Stop(node.Position, $"The configuration has more than {_limits.Nodes} directives and sections");
        }

        if (!_isStopped)
        {
            target.Add(node);
        }
    }

    /// <returns>The line with its variables expanded; null when that is too long, which is reported.</returns>
    private string? Expand(LogicalLine line)
    {
        string? expanded = _variables.Expand(line.Text, _limits.LineLength, name => Warn(line.Position, $"Config variable ${{{name}}} is not defined"));
        if (expanded is null)
        {
            Error(line.Position, $"The line is longer than {_limits.LineLength} characters when its variables are expanded");
        }
        else if (!Charge(line.Position, ReferenceEquals(expanded, line.Text) ? 0 : expanded.Length))
        {
            return null;
        }

        return expanded;
    }
}
