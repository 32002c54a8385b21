namespace Roundtrip.Site.Core;

/// <summary>What the Options directive allows in a directory.</summary>
[Flags]
public enum OptionFlags : byte
{
    None = 0,
    Indexes = 1,
    Includes = 2,
    FollowSymLinks = 4,
    ExecCgi = 8,
    MultiViews = 16,
    SymLinksIfOwnerMatch = 32,
    All = Indexes | Includes | FollowSymLinks | ExecCgi,
}

/// <summary>The value of Options: either a whole set, or what is added to and taken from that of the scope around it.</summary>
/// <param name="IsWhole">Whether nothing of the outer scope counts.</param>
public readonly record struct DirectoryOptions(bool IsWhole, OptionFlags Added, OptionFlags Removed)
{
    /// <summary>httpd's default.</summary>
    public static readonly DirectoryOptions Default = new(true, OptionFlags.FollowSymLinks, OptionFlags.None);

    public OptionFlags Flags => Added & ~Removed;

    public bool Has(OptionFlags flag) => (Flags & flag) == flag;

    public static DirectoryOptions Merge(DirectoryOptions outer, DirectoryOptions inner) => inner.IsWhole
        ? inner
        : new DirectoryOptions(outer.IsWhole, (outer.Added & ~inner.Removed) | inner.Added, (outer.Removed & ~inner.Added) | inner.Removed);

    /// <exception cref="FormatException">A word is no option, or words with and without a sign are mixed.</exception>
    public static DirectoryOptions Parse(IReadOnlyList<string> words)
    {
        OptionFlags added = OptionFlags.None, removed = OptionFlags.None;
        bool isRelative = words[0][0] is '+' or '-';
        foreach (string word in words)
        {
            // core.c: either all Options are relative, or none is.
            if (word.Length == 0 || word[0] is '+' or '-' != isRelative)
            {
                throw new FormatException("Either all Options must start with + or -, or no Option may.");
            }

            OptionFlags flag = FlagOf(isRelative ? word[1..] : word);
            added = word[0] == '-' ? added & ~flag : added | flag;
            removed = word[0] == '-' ? removed | flag : removed & ~flag;
        }

        return new DirectoryOptions(!isRelative, added, removed);
    }

    private static OptionFlags FlagOf(string word) => word.ToUpperInvariant() switch
    {
        "INDEXES" => OptionFlags.Indexes,
        "INCLUDES" or "INCLUDESNOEXEC" => OptionFlags.Includes,
        "FOLLOWSYMLINKS" => OptionFlags.FollowSymLinks,
        "SYMLINKSIFOWNERMATCH" => OptionFlags.SymLinksIfOwnerMatch,
        "EXECCGI" => OptionFlags.ExecCgi,
        "MULTIVIEWS" => OptionFlags.MultiViews,
        "ALL" => OptionFlags.All,
        "NONE" => OptionFlags.None,
        _ => throw new FormatException($"Illegal option {word}"),
    };
}
