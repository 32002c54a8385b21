using System.Globalization;
using Roundtrip.Configuration.Patterns;
using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Configuration.Loading;

internal sealed partial class Load
{
    /// <summary>What to do with a section's contents: a condition is decided here and now, by what was read before it.</summary>
    private SectionUse UseOf(string name, string arguments, SourcePosition position)
    {
        bool? holds = name.ToUpperInvariant() switch
        {
            "IFMODULE" => Holds(name, arguments, position, module => ModuleNames.ToIdentifier(module) is { } known && _modules.Contains(known)),
            "IFDEFINE" => Holds(name, arguments, position, _defines.ContainsKey),
            "IFFILE" => Holds(name, arguments, position, file => _source.KindOf(Paths.Resolve(_root, file)) != PathKind.Nothing),
            "IFDIRECTIVE" => Holds(name, arguments, position, _options.IsDirective),
            "IFSECTION" => Holds(name, arguments, position, section => _options.IsSection(section.TrimStart('<').TrimEnd('>'))),
            "IFVERSION" => IsVersion(arguments, position),
            _ => null,
        };
        return holds switch
        {
            null => SectionUse.Node,
            true => SectionUse.Contents,
            false => SectionUse.Nothing,
        };
    }

    private bool Holds(string name, string arguments, SourcePosition position, Func<string, bool> isThere)
    {
        string argument = Words.First(arguments, out _);
        bool isNegated = argument.StartsWith('!');
        argument = isNegated ? argument[1..] : argument;
        if (argument.Length == 0)
        {
            Error(position, $"<{name}> directive requires additional arguments");
            return false;
        }

        return isThere(argument) != isNegated;
    }

    // mod_version: [[!]operator] version, or a regular expression.
    private bool IsVersion(string arguments, SourcePosition position)
    {
        IReadOnlyList<string> words = Words.Split(arguments);
        if (words.Count is 0 or > 2)
        {
            Error(position, "<IfVersion> takes an operator and a version");
            return false;
        }

        string wanted = words[^1];
        string operation = words.Count == 2 ? words[0] : "=";
        bool isNegated = operation.StartsWith('!') && operation.Length > 1;
        switch (isNegated ? operation[1..] : operation)
        {
            case "=" or "==" when wanted.StartsWith('/'):
                if (wanted.Length > 2 && wanted.EndsWith('/'))
                {
                    return VersionMatches(wanted[1..^1], position) is { } matches && matches != isNegated;
                }

                Error(position, "<IfVersion>: the delimiting / of the regular expression is missing");
                return false;
            case "~":
                return VersionMatches(wanted, position) is { } isMatch && isMatch != isNegated;
            case "=" or "==":
                return Compare(wanted, position) is { } same && (same == 0) != isNegated;
            case "<":
                return Compare(wanted, position) is { } less && (less < 0) != isNegated;
            case "<=":
                return Compare(wanted, position) is { } notGreater && (notGreater <= 0) != isNegated;
            case ">":
                return Compare(wanted, position) is { } greater && (greater > 0) != isNegated;
            case ">=":
                return Compare(wanted, position) is { } notLess && (notLess >= 0) != isNegated;
            default:
                Error(position, $"<IfVersion>: unrecognized operator '{operation}'");
                return false;
        }
    }

    /// <returns>Our version against that one, parts that it lacks taken as 0; null when it is none, which is reported.</returns>
    private int? Compare(string wanted, SourcePosition position)
    {
        string[] parts = wanted.Split('.');
        Span<int> numbers = [0, 0, 0];
        bool isVersion = parts.Length <= 3;
        for (int i = 0; i < parts.Length && isVersion; i++)
        {
            isVersion = int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]);
        }

        if (!isVersion)
        {
            Error(position, $"<IfVersion>: '{wanted}' is not major[.minor[.patch]]");
            return null;
        }

        return _options.Version.CompareTo(new Version(numbers[0], numbers[1], numbers[2]));
    }

    private bool? VersionMatches(string pattern, SourcePosition position)
    {
        ServerPattern? regex = ServerPattern.Parse(pattern, PatternOptions.None, out string fault);
        if (regex is null)
        {
            Error(position, $"<IfVersion>: {fault}");
            return null;
        }

        PatternMatch match = regex.Match(_options.Version.ToString(3));
        if (match.Outcome == PatternOutcome.TimedOut)
        {
            Error(position, "<IfVersion>: the regular expression takes too long");
            return null;
        }

        return match.Outcome == PatternOutcome.Matched;
    }
}
