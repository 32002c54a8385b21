using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Configuration.Sections;

/// <summary>What a section's argument matches: a path as it is, a shell pattern, or a regular expression.</summary>
public sealed class PathMatch
{
    private readonly string _text;
    private readonly ServerPattern? _pattern;
    private readonly bool _isGlob;

    private PathMatch(string text, ServerPattern? pattern)
    {
        (_text, _pattern) = (text, pattern);
        _isGlob = pattern is null && Glob.IsPattern(text);
        Depth = pattern is null ? text.TrimEnd('/').Count(c => c == '/') : int.MaxValue;
    }

    /// <summary>How many components a directory's path has: shorter ones are merged first, regular expressions last.</summary>
    public int Depth { get; }

    public bool IsPattern => _pattern is not null;

    /// <summary>The path where it is one; null for patterns.</summary>
    public string? Literal => _pattern is null && !_isGlob ? _text : null;

    public static PathMatch OfText(string text) => new(text, null);

    public static PathMatch OfPattern(ServerPattern pattern) => new("", pattern);

    /// <summary>Whether a Directory section applies to a file, or to something in one of the directories below it.</summary>
    /// <param name="file">The full path of a file, or of a directory with a slash at its end.</param>
    public PatternOutcome MatchDirectoryOf(string file)
    {
        if (_pattern is not null)
        {
            return _pattern.Match(file).Outcome;
        }

        if (!_isGlob)
        {
            return Outcome(file.StartsWith(_text, StringComparison.Ordinal));
        }

        // httpd's directory walk: the pattern is held against the part of the path that has as many components.
        int end = EndOfComponents(file, Depth);
        return Outcome(end >= 0 && Glob.IsMatch(_text.TrimEnd('/'), file[..end], GlobOptions.PathName));
    }

    /// <summary>Whether a Files section applies to a name.</summary>
    public PatternOutcome MatchName(string name) =>
        _pattern?.Match(name).Outcome ?? Outcome(_isGlob ? Glob.IsMatch(_text, name) : name.Equals(_text, StringComparison.Ordinal));

    /// <summary>Whether a Location section applies to a URL's path, decoded.</summary>
    public PatternOutcome MatchLocation(string path)
    {
        if (_pattern is not null)
        {
            return _pattern.Match(path).Outcome;
        }

        if (_isGlob)
        {
            return Outcome(Glob.IsMatch(_text, path, GlobOptions.PathName));
        }

        // A path itself, and all below it: /private is not the beginning of /privately.
        return Outcome(path.StartsWith(_text, StringComparison.Ordinal)
            && (_text.Length == 0 || _text[^1] == '/' || path.Length == _text.Length || path[_text.Length] == '/'));
    }

    private static PatternOutcome Outcome(bool isMatch) => isMatch ? PatternOutcome.Matched : PatternOutcome.NotMatched;

    // The index behind the so-manyth component of a path that begins with a slash; -1 where a directory's path has fewer.
    private static int EndOfComponents(string file, int count)
    {
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            at = file.IndexOf('/', at + 1);
            if (at < 0)
            {
                return -1;
            }
        }

        return at;
    }
}
