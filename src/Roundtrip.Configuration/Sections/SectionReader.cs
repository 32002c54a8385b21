using Roundtrip.Configuration.Expressions;
using Roundtrip.Configuration.Patterns;
using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Configuration.Sections;

/// <summary>Reads the sections that every server has: Directory, Files, Location, their Match forms, and If.</summary>
internal sealed class SectionReader(ConfigurationBuilder builder)
{
    /// <returns>False for a section of a module's own.</returns>
    /// <exception cref="FormatException">It cannot stand here, or its argument is wrong.</exception>
    public bool TryRead(Scope scope, SectionNode node)
    {
        switch (node.Name.ToUpperInvariant())
        {
            case "DIRECTORY" or "DIRECTORYMATCH":
                Require(scope.Kind is ScopeKind.Server or ScopeKind.VirtualHost, scope);
                ReadDirectory(scope, node);
                return true;
            case "LOCATION" or "LOCATIONMATCH":
                Require(scope.Kind is ScopeKind.Server or ScopeKind.VirtualHost, scope);
                Read(scope, node, ScopeKind.Location, Match(node, out string? path), path);
                return true;
            case "FILES" or "FILESMATCH":
                Require(scope.Kind is ScopeKind.Server or ScopeKind.VirtualHost or ScopeKind.Directory or ScopeKind.If, scope);
                Read(scope, node, ScopeKind.Files, Match(node, out _), null);
                return true;
            case "IF" or "ELSEIF" or "ELSE":
                ReadCondition(scope, node);
                return true;
            default:
                return false;
        }
    }

    private static void Require(bool isAllowed, Scope scope)
    {
        if (!isAllowed)
        {
            throw new FormatException($"not allowed within another section ({scope.Kind})");
        }
    }

    private void ReadDirectory(Scope scope, SectionNode node)
    {
        PathMatch match = Match(node, out string? path);
        if (path is not null && !path.StartsWith('/'))
        {
            throw new FormatException($"'{path}' is not a full path");
        }

        if (path is not null && !path.EndsWith('/'))
        {
            path += "/";
            match = PathMatch.OfText(path);
        }

        Read(scope, node, ScopeKind.Directory, match, path);
    }

    private void Read(Scope scope, SectionNode node, ScopeKind kind, PathMatch match, string? path)
    {
        var inner = new Scope(kind, scope) { Path = path };
        builder.Apply(inner, node.Children);
        scope.Sections.Add(new Section(kind, match, inner.Settings, inner.Sections, node.Position));
    }

    // <Name path>, <Name ~ regex>, <NameMatch regex>.
    private static PathMatch Match(SectionNode node, out string? path)
    {
        IReadOnlyList<string> words = Words.Split(node.RawArguments);
        bool isMatch = node.Name.EndsWith("Match", StringComparison.OrdinalIgnoreCase);
        bool isTilde = !isMatch && words.Count == 2 && words[0] == "~";
        if (words.Count != (isTilde ? 2 : 1))
        {
            throw new FormatException(isMatch ? "takes a regular expression" : "takes a path, or ~ and a regular expression");
        }

        if (isMatch || isTilde)
        {
            path = null;
            return PathMatch.OfPattern(ServerPattern.Parse(words[^1], PatternOptions.None, out string fault) ?? throw new FormatException(fault));
        }

        path = Glob.IsPattern(words[0]) ? null : words[0];
        return PathMatch.OfText(words[0]);
    }

    private void ReadCondition(Scope scope, SectionNode node)
    {
        bool isElse = !node.Is("If");
        if (isElse && scope.Sections is not [.., { Kind: ScopeKind.If } and not { IsElse: true, Condition: null }])
        {
            throw new FormatException("there is no <If> or <ElseIf> before it");
        }

        Expression? condition = null;
        if (!node.Is("Else"))
        {
            // The expression may stand in quotes, as one word, or as it is.
            string word = Words.First(node.RawArguments, out string rest);
            condition = Expression.Parse(rest.Length == 0 ? word : node.RawArguments, ExpressionMode.Condition, new ExpressionOptions(), out ExpressionError? error)
                ?? throw new FormatException(error.ToString());
        }

        var inner = new Scope(ScopeKind.If, scope);
        builder.Apply(inner, node.Children);
        scope.Sections.Add(new Section(ScopeKind.If, null, inner.Settings, inner.Sections, node.Position) { Condition = condition, IsElse = isElse });
    }
}
