using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Configuration.Expressions;

/// <summary>The operators by name: those of texts and numbers between two words, and those before one.</summary>
internal static class Operators
{
    /// <summary>Between two words. Numbers have the names with a hyphen, and for old expressions those without one.</summary>
    public static Func<string, string, bool>? Comparison(string name) => name switch
    {
        "=" or "==" => (a, b) => a == b,
        "!=" => (a, b) => a != b,
        "<" => (a, b) => string.CompareOrdinal(a, b) < 0,
        "<=" => (a, b) => string.CompareOrdinal(a, b) <= 0,
        ">" => (a, b) => string.CompareOrdinal(a, b) > 0,
        ">=" => (a, b) => string.CompareOrdinal(a, b) >= 0,
        "-eq" or "eq" => (a, b) => Number(a) == Number(b),
        "-ne" or "ne" => (a, b) => Number(a) != Number(b),
        "-lt" or "lt" => (a, b) => Number(a) < Number(b),
        "-le" or "le" => (a, b) => Number(a) <= Number(b),
        "-gt" or "gt" => (a, b) => Number(a) > Number(b),
        "-ge" or "ge" => (a, b) => Number(a) >= Number(b),
        _ => Match(name),
    };

    /// <summary>Before one word; its case counts.</summary>
    /// <param name="isFile">Whether it looks at files or URLs.</param>
    public static Func<Evaluation, string, bool>? Unary(string name, out bool isFile)
    {
        isFile = name is "-d" or "-e" or "-f" or "-s" or "-L" or "-h" or "-x" or "-F" or "-U" or "-A";
        return name switch
        {
            "-n" => (_, word) => word.Length > 0,
            "-z" => (_, word) => word.Length == 0,
            "-T" => (_, word) => IsTrue(word),
            "-d" => (evaluation, path) => evaluation.Context.File(path) is { IsDirectory: true },
            "-e" => (evaluation, path) => evaluation.Context.File(path) is not null,
            "-f" => (evaluation, path) => evaluation.Context.File(path) is { IsRegular: true },
            "-s" => (evaluation, path) => evaluation.Context.File(path) is { IsRegular: true, Size: > 0 },
            "-L" or "-h" => (evaluation, path) => evaluation.Context.File(path) is { IsLink: true },
            "-x" => (evaluation, path) => evaluation.Context.File(path) is { IsExecutable: true },
            "-F" => (evaluation, path) => evaluation.Context.IsFileAccessible(path),
            "-U" or "-A" => (evaluation, url) => evaluation.Context.IsUrlAccessible(url),
            _ => null,
        };
    }

    private static Func<string, string, bool>? Match(string name) => name.ToUpperInvariant() switch
    {
        "-STRMATCH" => (text, pattern) => Glob.IsMatch(pattern, text),
        "-STRCMATCH" => (text, pattern) => Glob.IsMatch(pattern, text, GlobOptions.CaseBlind),
        "-FNMATCH" => (text, pattern) => Glob.IsMatch(pattern, text, GlobOptions.PathName),
        _ => null,
    };

    // As apr_atoi64: white space, a sign, the digits that follow, and nothing else; without digits it is 0. Too large a number is the largest.
    internal static long Number(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().TrimStart(" \t\n\v\f\r");
        bool isNegative = rest.StartsWith('-');
        rest = isNegative || rest.StartsWith('+') ? rest[1..] : rest;
        Int128 value = 0;
        foreach (char c in rest)
        {
            if (!char.IsAsciiDigit(c))
            {
                break;
            }

            value = Int128.Min((value * 10) + (c - '0'), (Int128)long.MaxValue + 1);
        }

        return (long)(isNegative ? -value : Int128.Min(value, long.MaxValue));
    }

    private static bool IsTrue(string word) => word.Length > 0 && word != "0"
        && !word.Equals("off", StringComparison.OrdinalIgnoreCase)
        && !word.Equals("no", StringComparison.OrdinalIgnoreCase)
        && !word.Equals("false", StringComparison.OrdinalIgnoreCase);
}
