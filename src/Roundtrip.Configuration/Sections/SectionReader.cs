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
        if (Pattern(node, out string text) is { } pattern)
        {
            Read(scope, node, ScopeKind.Directory, pattern, null);
            return;
        }

        // Deviates: httpd takes a relative path from where it was started.
        text = builder.FullPath(text);
        bool isGlob = Glob.IsPattern(text);
        text = isGlob || text.EndsWith('/') ? text : text + "/";
        Read(scope, node, ScopeKind.Directory, PathMatch.OfText(text), isGlob ? null : text);
    }

    private void Read(Scope scope, SectionNode node, ScopeKind kind, PathMatch match, string? path)
    {
        var inner = new Scope(kind, scope) { Path = path };
        builder.Apply(inner, node.Children);
        scope.Sections.Add(new Section(kind, match, inner.Settings, inner.Sections, node.Position));
    }

    // The path of the section, where it has a plain one.
    private static PathMatch Match(SectionNode node, out string? path)
    {
        PathMatch? pattern = Pattern(node, out string text);
        path = pattern is not null || Glob.IsPattern(text) ? null : text;
        return pattern ?? PathMatch.OfText(text);
    }

    // <Name path>, <Name ~ regex>, <NameMatch regex>: null for the first.
    private static PathMatch? Pattern(SectionNode node, out string text)
    {
        IReadOnlyList<string> words = Words.Split(node.RawArguments);
        bool isMatch = node.Name.EndsWith("Match", StringComparison.OrdinalIgnoreCase);
        bool isTilde = !isMatch && words.Count == 2 && words[0] == "~";
        if (words.Count != (isTilde ? 2 : 1))
        {
            throw new FormatException(isMatch ? "takes a regular expression" : "takes a path, or ~ and a regular expression");
        }

        text = words[^1];
        return isMatch || isTilde ? PathMatch.OfPattern(ServerPattern.Parse(text, PatternOptions.None, out string fault) ?? throw new FormatException(fault)) : null;
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
