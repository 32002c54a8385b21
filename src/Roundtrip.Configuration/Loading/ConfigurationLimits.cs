namespace Roundtrip.Configuration.Loading;

/// <summary>What a load may use up. A configuration is its owner's word, but an included file, a macro or a variable can grow without end by mistake.</summary>
public sealed record ConfigurationLimits
{
    /// <summary>Characters in a line with its continuations, and after its variables are expanded.</summary>
    public int LineLength { get; init; } = 1 << 20;

    /// <summary>Characters in all that is read, included files as often as they are included, plus what variables and macros expand to.</summary>
    public long Text { get; init; } = 64 << 20;

    /// <summary>Directives and sections in the tree.</summary>
    public int Nodes { get; init; } = 1_000_000;

    /// <summary>Sections within sections, conditions included, over all files.</summary>
    public int SectionDepth { get; init; } = 64;

    /// <summary>Files included by files.</summary>
    public int IncludeDepth { get; init; } = 32;

    /// <summary>Directories within an included directory. httpd: AP_MAX_INCLUDE_DIR_DEPTH.</summary>
    public int DirectoryDepth { get; init; } = 20;

    /// <summary>Macros used within macros.</summary>
    public int MacroDepth { get; init; } = 32;

    /// <summary>Errors and warnings that are reported; loading stops at the error that reaches it.</summary>
    public int Messages { get; init; } = 100;
}
