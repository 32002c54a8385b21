namespace Roundtrip.Site.Directories;

/// <summary>The keywords of IndexOptions that are on or off.</summary>
[Flags]
internal enum IndexFlags : uint
{
    None = 0,
    FancyIndexing = 1,
    HtmlTable = 1 << 1,
    IconsAreLinks = 1 << 2,
    FoldersFirst = 1 << 3,
    IgnoreCase = 1 << 4,
    IgnoreClient = 1 << 5,
    ScanHtmlTitles = 1 << 6,
    ShowForbidden = 1 << 7,
    SuppressColumnSorting = 1 << 8,
    SuppressDescription = 1 << 9,
    SuppressHtmlPreamble = 1 << 10,
    SuppressIcon = 1 << 11,
    SuppressLastModified = 1 << 12,
    SuppressRules = 1 << 13,
    SuppressSize = 1 << 14,
    TrackModified = 1 << 15,
    VersionSort = 1 << 16,
    Xhtml = 1 << 17,
    UseOldDateFormat = 1 << 18,
}

/// <summary>The value of IndexOptions. Keywords without a sign make a whole set; those with one change the set of the scope around.</summary>
/// <param name="IsWhole">Whether the flags of the outer scope do not count.</param>
internal sealed record IndexOptions(bool IsWhole, IndexFlags Added, IndexFlags Removed)
{
    public static readonly IndexOptions None = new(false, IndexFlags.None, IndexFlags.None);

    /// <summary>Any length.</summary>
    public const int Unlimited = int.MaxValue;

    private const int DefaultWidth = 23;

    public IndexFlags Flags => Added & ~Removed;

    public int? NameWidth { get; init; }

    public int? DescriptionWidth { get; init; }

    public int? IconWidth { get; init; }

    public int? IconHeight { get; init; }

    public string? Charset { get; init; }

    public string? Type { get; init; }

    public int NameLimit => NameWidth ?? DefaultWidth;

    public int DescriptionLimit => DescriptionWidth ?? DefaultWidth;

    public bool Has(IndexFlags flag) => (Flags & flag) != 0;

    public static IndexOptions Merge(IndexOptions outer, IndexOptions inner) => new(
        outer.IsWhole || inner.IsWhole,
        inner.IsWhole ? inner.Added : (outer.Added & ~inner.Removed) | inner.Added,
        inner.IsWhole ? inner.Removed : (outer.Removed & ~inner.Added) | inner.Removed)
    {
        NameWidth = inner.NameWidth ?? outer.NameWidth,
        DescriptionWidth = inner.DescriptionWidth ?? outer.DescriptionWidth,
        IconWidth = inner.IconWidth ?? outer.IconWidth,
        IconHeight = inner.IconHeight ?? outer.IconHeight,
        Charset = inner.Charset ?? outer.Charset,
        Type = inner.Type ?? outer.Type,
    };

    /// <exception cref="FormatException">It is no keyword, or its value is none.</exception>
    public IndexOptions With(string word)
    {
        char sign = word[0] is '+' or '-' ? word[0] : ' ';
        string[] parts = (sign == ' ' ? word : word[1..]).Split('=', 2);
        string name = parts[0].ToUpperInvariant();
        string? value = parts.Length == 2 ? parts[1] : null;
        switch (name)
        {
            case "NONE":
                return sign == ' ' ? new IndexOptions(true, IndexFlags.None, IndexFlags.None) : throw new FormatException("Cannot combine '+' or '-' with 'None' keyword");
            case "NAMEWIDTH":
                return this with { NameWidth = Width(sign, value) };
            case "DESCRIPTIONWIDTH":
                return this with { DescriptionWidth = Width(sign, value) };
            case "ICONWIDTH":
                return this with { IconWidth = Pixels(sign, value) };
            case "ICONHEIGHT":
                return this with { IconHeight = Pixels(sign, value) };
            case "CHARSET":
                return this with { Charset = Token(value) };
            case "TYPE":
                return this with { Type = Token(value) };
        }

        IndexFlags flag = FlagOf(name);
        return sign switch
        {
            '+' => this with { Added = Added | flag, Removed = Removed & ~flag },
            '-' => this with { Added = Added & ~flag, Removed = Removed | flag },

            // The manual: a keyword without a sign clears those with signs that stand before it.
            _ => this with { IsWhole = true, Added = IsWhole ? Added | flag : flag, Removed = IndexFlags.None },
        };
    }

    private static IndexFlags FlagOf(string name) => name switch
    {
        "FANCYINDEXING" => IndexFlags.FancyIndexing,
        "HTMLTABLE" => IndexFlags.HtmlTable,
        "ICONSARELINKS" => IndexFlags.IconsAreLinks,
        "FOLDERSFIRST" => IndexFlags.FoldersFirst,
        "IGNORECASE" => IndexFlags.IgnoreCase,
        "IGNORECLIENT" => IndexFlags.IgnoreClient,
        "SCANHTMLTITLES" => IndexFlags.ScanHtmlTitles,
        "SHOWFORBIDDEN" => IndexFlags.ShowForbidden,
        "SUPPRESSCOLUMNSORTING" => IndexFlags.SuppressColumnSorting,
        "SUPPRESSDESCRIPTION" => IndexFlags.SuppressDescription,
        "SUPPRESSHTMLPREAMBLE" => IndexFlags.SuppressHtmlPreamble,
        "SUPPRESSICON" => IndexFlags.SuppressIcon,
        "SUPPRESSLASTMODIFIED" => IndexFlags.SuppressLastModified,
        "SUPPRESSRULES" => IndexFlags.SuppressRules,
        "SUPPRESSSIZE" => IndexFlags.SuppressSize,
        "TRACKMODIFIED" => IndexFlags.TrackModified,
        "VERSIONSORT" => IndexFlags.VersionSort,
        "XHTML" => IndexFlags.Xhtml,
        "USEOLDDATEFORMAT" => IndexFlags.UseOldDateFormat,

        // It gives rows a class for style sheets, as these pages do anyway.
        "ADDALTCLASS" => IndexFlags.None,
        _ => throw new FormatException("Invalid directory indexing option"),
    };

    private static int? Width(char sign, string? value) => sign == '-' ? null
        : value == "*" ? Unlimited
        : value is null ? throw new FormatException("takes a number of characters, or *")
        : Configuration.Directives.Arguments.Number(value, 5, 100_000);

    private static int? Pixels(char sign, string? value) => sign == '-' ? null : value is null ? 20 : Configuration.Directives.Arguments.Number(value, 1, 10_000);

    private static string Token(string? value) => value is { Length: > 0 } && value.All(c => char.IsAsciiLetterOrDigit(c) || "-_./+:".Contains(c))
        ? value
        : throw new FormatException("takes a name behind its =");
}
