using System.Globalization;
using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Site.Expires;

/// <summary>How long a response may be kept: so many seconds from when it is sent, or from when its file was modified.</summary>
internal sealed record Expiry(bool IsFromModification, long Seconds)
{
    /// <summary>Reads mod_expires' forms: <c>A3600</c>, <c>M604800</c>, <c>access plus 1 month 2 days</c>. As there, a unit is known by its first letter, or two.</summary>
    /// <exception cref="FormatException">It is none of them; the message is httpd's.</exception>
    public static Expiry Parse(string text)
    {
        if (text.Length > 1 && text[0] is 'A' or 'M' && char.IsAsciiDigit(text[1]))
        {
            return long.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= Longest
                ? new Expiry(text[0] == 'M', seconds)
                : throw new FormatException($"bad expires code, numeric value expected <num> '{text[1..]}'");
        }

        IReadOnlyList<string> words = Words.Split(text);
        string first = words.Count > 0 ? words[0] : "";
        bool isFromModification = StartsWith(first, "m") || (StartsWith(first, "a") || StartsWith(first, "n")
            ? false
            : throw new FormatException($"bad expires code, unrecognised <base> '{first}'"));
        long total = 0;
        for (int i = words.Count > 1 && StartsWith(words[1], "p") ? 2 : 1; i < words.Count; i += 2)
        {
            if (!long.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number > Longest)
            {
                throw new FormatException($"bad expires code, numeric value expected <num> '{words[i]}'");
            }

            total += number * UnitOf(i + 1 < words.Count ? words[i + 1] : throw new FormatException("bad expires code, missing <type>"));
        }

        return new Expiry(isFromModification, Math.Min(total, Longest));
    }

    // About 68 years: what fits into 31 bits, as RFC 9111 §1.2.2 asks of delta-seconds.
    private const long Longest = int.MaxValue;

    /// <summary>When it expires, in seconds since 1970: not before now.</summary>
    public long At(long now, long modified) => Math.Max(now, (IsFromModification ? modified : now) + Seconds);

    private static bool StartsWith(string word, string letters) => word.StartsWith(letters, StringComparison.OrdinalIgnoreCase);

    private static long UnitOf(string word) => word switch
    {
        _ when StartsWith(word, "y") => 365 * 86_400,
        _ when StartsWith(word, "mo") => 30 * 86_400,
        _ when StartsWith(word, "w") => 7 * 86_400,
        _ when StartsWith(word, "d") => 86_400,
        _ when StartsWith(word, "h") => 3_600,
        _ when StartsWith(word, "mi") => 60,
        _ when StartsWith(word, "s") => 1,
        _ => throw new FormatException($"bad expires code, unrecognised <type> '{word}'"),
    };
}
