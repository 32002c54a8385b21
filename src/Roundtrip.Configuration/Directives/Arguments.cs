using System.Globalization;

namespace Roundtrip.Configuration.Directives;

/// <summary>Reads the arguments that many directives take. Each throws <see cref="FormatException"/> with what is wrong.</summary>
public static class Arguments
{
    public static bool Flag(string text) => Choice(text, "Off", "On") == 1;

    /// <returns>The index of the choice that it is, without regard to case.</returns>
    public static int Choice(string text, params ReadOnlySpan<string> choices)
    {
        for (int i = 0; i < choices.Length; i++)
        {
            if (choices[i].Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        throw new FormatException($"'{text}' is not {string.Join(" or ", choices.ToArray())}");
    }

    public static int Number(string text, int least = 0, int most = int.MaxValue) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : throw new FormatException($"'{text}' is not a number from {least} to {most}");

    public static long LongNumber(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new FormatException($"'{text}' is not a number");

    /// <summary>A time as ap_timeout_parameter_parse reads it: seconds, or with <c>ms</c>, <c>s</c>, <c>mi</c> (also written <c>min</c>) or <c>h</c> behind the number. Like httpd it does not take <c>m</c>, which could be either.</summary>
    /// <returns>Milliseconds.</returns>
    public static int Milliseconds(string text)
    {
        (string digits, int unit) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.OrdinalIgnoreCase) => (text[..^2], 1),
            _ when text.EndsWith("mi", StringComparison.OrdinalIgnoreCase) => (text[..^2], 60_000),
            _ when text.EndsWith("min", StringComparison.OrdinalIgnoreCase) => (text[..^3], 60_000),
            _ when text.EndsWith('s') || text.EndsWith('S') => (text[..^1], 1000),
            _ when text.EndsWith('h') || text.EndsWith('H') => (text[..^1], 3_600_000),
            _ => (text, 1000),
        };
        if (text.Length > 0 && char.IsAsciiLetter(text[^1]) && !(digits.Length > 0 && digits.All(char.IsAsciiDigit)))
        {
            throw new FormatException(WhyNoTime(text));
        }

        return Number(digits, 0, int.MaxValue / unit) * unit;
    }

    private static string WhyNoTime(string text)
    {
        string digits = text[..^1];
        const string Units = "the units of a time are ms, s, min and h";
        return text[^1] switch
        {
            'm' or 'M' when digits.All(char.IsAsciiDigit) => $"'{text}' may be minutes or milliseconds: {digits}min or {digits}ms",
            'd' or 'D' when int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int days) && days <= 24 => $"'{text}' is no time: {Units}, and so it is {days * 24}h",
            _ => $"'{text}' is no time: {Units}",
        };
    }
}
