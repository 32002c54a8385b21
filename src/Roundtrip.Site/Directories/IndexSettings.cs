using System.Collections.Immutable;
using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Site.Directories;

/// <summary>What a line of AddIcon, AddAlt or AddDescription applies to.</summary>
internal enum IndexMatch : byte
{
    /// <summary>The end of a path, or a pattern of it.</summary>
    Name,

    /// <summary>A media type.</summary>
    Type,

    /// <summary>A content coding, known here by the name's extension.</summary>
    Coding,
}

/// <summary>An icon, an alternative text or a description, and what it is for.</summary>
internal readonly record struct IndexItem(IndexMatch By, string Pattern, string Value)
{
    public bool Matches(string path, string type, string coding) => By switch
    {
        IndexMatch.Type => Glob.IsMatch(Pattern, type, GlobOptions.CaseBlind),
        IndexMatch.Coding => coding.Length > 0 && Glob.IsMatch(Pattern, coding, GlobOptions.CaseBlind),

        // push_item: what is no pattern is the end of a path. A pattern without a slash may be that of the name alone.
        _ when !Glob.IsPattern(Pattern) => path.EndsWith(Pattern, StringComparison.Ordinal),
        _ => Glob.IsMatch(Pattern, path) || (!Pattern.Contains('/') && Glob.IsMatch(Pattern, path[(path.LastIndexOf('/') + 1)..])),
    };
}

/// <summary>mod_autoindex's settings but IndexOptions. Lists of an inner scope stand before those of the outer one; the first line that applies counts.</summary>
internal sealed record IndexSettings
{
    public static readonly IndexSettings None = new();

    public ImmutableArray<IndexItem> Icons { get; init; } = [];

    public ImmutableArray<IndexItem> Alternatives { get; init; } = [];

    public ImmutableArray<IndexItem> Descriptions { get; init; } = [];

    public ImmutableArray<string> Ignored { get; init; } = [];

    public bool ForgetsIgnored { get; init; }

    public string? DefaultIcon { get; init; }

    public string? Header { get; init; }

    public string? Readme { get; init; }

    public string? StyleSheet { get; init; }

    public string? HeadInsert { get; init; }

    /// <summary>IndexOrderDefault: the column's letter and whether it ascends.</summary>
    public (char Column, bool IsAscending)? Order { get; init; }

    public static IndexSettings Merge(IndexSettings outer, IndexSettings inner) => new()
    {
        Icons = [.. inner.Icons, .. outer.Icons],
        Alternatives = [.. inner.Alternatives, .. outer.Alternatives],
        Descriptions = [.. inner.Descriptions, .. outer.Descriptions],
        Ignored = inner.ForgetsIgnored ? inner.Ignored : [.. inner.Ignored, .. outer.Ignored],
        ForgetsIgnored = outer.ForgetsIgnored || inner.ForgetsIgnored,
        DefaultIcon = inner.DefaultIcon ?? outer.DefaultIcon,
        Header = inner.Header ?? outer.Header,
        Readme = inner.Readme ?? outer.Readme,
        StyleSheet = inner.StyleSheet ?? outer.StyleSheet,
        HeadInsert = inner.HeadInsert ?? outer.HeadInsert,
        Order = inner.Order ?? outer.Order,
    };

    public bool Ignores(string name) => Ignored.Any(pattern => Glob.IsMatch(pattern, name));

    public static string? Find(ImmutableArray<IndexItem> items, string path, string type, string coding)
    {
        foreach (IndexItem item in items)
        {
            if (item.Matches(path, type, coding))
            {
                return item.Value;
            }
        }

        return null;
    }

    /// <summary>What is said for <c>^^DIRECTORY^^</c> or <c>^^BLANKICON^^</c>.</summary>
    public static string? FindFixed(ImmutableArray<IndexItem> items, string name) => items.FirstOrDefault(item => item.Pattern == name).Value;
}
