using System.Text;
using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Site.Directories;

/// <summary>How a list is sorted and shown: the configuration's word, and the visitor's in the query (<c>?C=N;O=D;F=2;V=1;P=*.txt</c>).</summary>
internal sealed class ListingOrder
{
    private const int LongestPattern = 256;

    /// <summary>N, M, S or D.</summary>
    public char Column { get; private set; } = 'N';

    public bool IsAscending { get; private set; } = true;

    public IndexFlags Flags { get; private set; }

    /// <summary>The names that are shown; null for all.</summary>
    public string? Pattern { get; private set; }

    /// <summary>What the links of the columns repeat of the query, as it stands in a URL.</summary>
    public string Kept { get; private set; } = "";

    public static ListingOrder Of(IndexOptions options, IndexSettings settings, string query)
    {
        var order = new ListingOrder { Flags = options.Flags };
        if (settings.Order is var (column, isAscending))
        {
            (order.Column, order.IsAscending) = (column, isAscending);
        }

        if (!options.Has(IndexFlags.IgnoreClient))
        {
            order.Read(query);
        }

        return order;
    }

    public bool Shows(string name) => Pattern is null || Glob.IsMatch(Pattern, name, (Flags & IndexFlags.IgnoreCase) != 0 ? GlobOptions.CaseBlind : GlobOptions.None);

    // dsortf: folders first whatever the order; then the column; then the name, so that equal ones have an order too.
    public int Compare(ListingEntry left, ListingEntry right, Func<ListingEntry, string> describe)
    {
        if ((Flags & IndexFlags.FoldersFirst) != 0 && left.IsDirectory != right.IsDirectory)
        {
            return left.IsDirectory ? -1 : 1;
        }

        (ListingEntry first, ListingEntry second) = IsAscending ? (left, right) : (right, left);
        int result = Column switch
        {
            'M' => first.Stamp.Modified.CompareTo(second.Stamp.Modified),
            'S' => SizeOf(first).CompareTo(SizeOf(second)),
            'D' => string.CompareOrdinal(describe(first), describe(second)),
            _ => 0,
        };
        return result != 0 ? result : CompareNames(first, second);
    }

    private static long SizeOf(ListingEntry entry) => entry.IsDirectory ? -1 : entry.Stamp.Size;

    private int CompareNames(ListingEntry first, ListingEntry second)
    {
        bool ignoresCase = (Flags & IndexFlags.IgnoreCase) != 0;
        int result = (Flags & IndexFlags.VersionSort) != 0 ? CompareVersions(first.Text, second.Text, ignoresCase)
            : ignoresCase ? string.Compare(first.Text, second.Text, StringComparison.OrdinalIgnoreCase) : 0;
        return result != 0 ? result : first.Name.AsSpan().SequenceCompareTo(second.Name);
    }

    /// <summary>As apr_strnatcmp: runs of digits are numbers, so <c>foo-1.7</c> comes before <c>foo-1.12</c>.</summary>
    internal static int CompareVersions(string left, string right, bool ignoresCase)
    {
        int i = 0, j = 0;
        while (i < left.Length && j < right.Length)
        {
            if (char.IsAsciiDigit(left[i]) && char.IsAsciiDigit(right[j]))
            {
                ReadOnlySpan<char> a = Digits(left, ref i), b = Digits(right, ref j);
                int byNumber = a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
                if (byNumber != 0)
                {
                    return byNumber;
                }

                continue;
            }

            char x = left[i++], y = right[j++];
            int byCharacter = ignoresCase ? char.ToUpperInvariant(x).CompareTo(char.ToUpperInvariant(y)) : x.CompareTo(y);
            if (byCharacter != 0)
            {
                return byCharacter;
            }
        }

        return (left.Length - i).CompareTo(right.Length - j);
    }

    // A run of digits without the zeros in front.
    private static ReadOnlySpan<char> Digits(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return text.AsSpan(start, at - start).TrimStart('0');
    }

    private void Read(string query)
    {
        var kept = new StringBuilder();
        foreach (string part in query.Split(';', '&').Take(16))
        {
            switch (part)
            {
                case ['C', '=', 'N' or 'M' or 'S' or 'D']:
                    Column = part[2];
                    break;
                case ['O', '=', 'A' or 'D']:
                    IsAscending = part[2] == 'A';
                    break;
                case ['F', '=', >= '0' and <= '2']:
                    Flags = (Flags & ~(IndexFlags.FancyIndexing | IndexFlags.HtmlTable)) | (part[2] == '0' ? IndexFlags.None : IndexFlags.FancyIndexing)
                        | (part[2] == '2' ? IndexFlags.HtmlTable : IndexFlags.None);
                    kept.Append(';').Append(part);
                    break;
                case ['V', '=', '0' or '1']:
                    Flags = part[2] == '1' ? Flags | IndexFlags.VersionSort : Flags & ~IndexFlags.VersionSort;
                    kept.Append(';').Append(part);
                    break;
                case ['P', '=', _, ..] when part.Length <= LongestPattern:
                    Pattern = Uri.UnescapeDataString(part[2..]);

                    // Written anew: what a visitor sends never stands in the page as it came.
                    kept.Append(";P=").Append(Uri.EscapeDataString(Pattern).Replace("%2A", "*", StringComparison.Ordinal));
                    break;
            }
        }

        Kept = kept.ToString();
    }
}
