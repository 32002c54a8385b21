using System.Buffers.Text;

namespace Roundtrip.Http;

/// <summary>HTTP's dates (RFC 9110 section 5.6.7) to and from seconds since 1970, without allocating.</summary>
public static class HttpDate
{
    /// <summary>The length of the form that is written: <c>Sun, 06 Nov 1994 08:49:37 GMT</c>.</summary>
    public const int Length = 29;

    // 9999-12-31T23:59:59Z: the last moment that has four digits of year.
    private const long LastSecond = 253_402_300_799;

    private const string DayNames = "SunMonTueWedThuFriSat";
    private const string MonthNames = "JanFebMarAprMayJunJulAugSepOctNovDec";

    /// <summary>Writes the IMF-fixdate form, <see cref="Length"/> bytes. Moments before year 1 or after 9999 are written as the nearest one within.</summary>
    public static void Format(long unixSeconds, Span<byte> destination)
    {
        DateTime date = DateTime.UnixEpoch.AddSeconds(Math.Clamp(unixSeconds, -62_135_596_800, LastSecond));
        CopyName(DayNames, (int)date.DayOfWeek, destination);
        destination[3] = (byte)',';
        destination[4] = (byte)' ';
        TwoDigits(date.Day, destination[5..]);
        destination[7] = (byte)' ';
        CopyName(MonthNames, date.Month - 1, destination[8..]);
        destination[11] = (byte)' ';
        TwoDigits(date.Year / 100, destination[12..]);
        TwoDigits(date.Year % 100, destination[14..]);
        destination[16] = (byte)' ';
        TwoDigits(date.Hour, destination[17..]);
        destination[19] = (byte)':';
        TwoDigits(date.Minute, destination[20..]);
        destination[22] = (byte)':';
        TwoDigits(date.Second, destination[23..]);
        " GMT"u8.CopyTo(destination[25..]);
    }

    /// <summary>Reads any of the three forms.</summary>
    /// <param name="now">Seconds since 1970: it decides the century of a two-digit year.</param>
    /// <returns>False when the text is no date; the field then counts as absent.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, long now, out long unixSeconds)
    {
        unixSeconds = 0;
        int comma = text.IndexOf((byte)',');
        return comma switch
        {
            3 => TryParseFixed(text, out unixSeconds),
            > 3 => TryParseRfc850(text[(comma + 1)..], now, out unixSeconds),
            _ => TryParseAsctime(text, out unixSeconds),
        };
    }

    // Sun, 06 Nov 1994 08:49:37 GMT
    private static bool TryParseFixed(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        return text.Length == Length && text[4] == ' ' && text[7] == ' ' && text[11] == ' ' && text[16] == ' ' && text[25..].SequenceEqual(" GMT"u8)
            && Index(DayNames, text[..3]) >= 0
            && TryMake(Number(text.Slice(12, 4)), Index(MonthNames, text.Slice(8, 3)), Number(text.Slice(5, 2)), text.Slice(17, 8), out unixSeconds);
    }

    //  06-Nov-94 08:49:37 GMT, behind the name of the day and the comma
    private static bool TryParseRfc850(ReadOnlySpan<byte> text, long now, out long unixSeconds)
    {
        unixSeconds = 0;
        if (text.Length != 23 || text[0] != ' ' || text[3] != '-' || text[7] != '-' || text[10] != ' ' || !text[19..].SequenceEqual(" GMT"u8))
        {
            return false;
        }

        int twoDigits = Number(text.Slice(8, 2));
        int thisYear = DateTime.UnixEpoch.AddSeconds(Math.Clamp(now, 0, LastSecond)).Year;
        int year = thisYear - (thisYear % 100) + twoDigits;
        int month = Index(MonthNames, text.Slice(4, 3));
        int day = Number(text.Slice(1, 2));

        // RFC 9110 §5.6.7: a date that seems to be more than 50 years in the future is the most recent past year with the same last digits.
        if (year > thisYear + 50)
        {
            year -= 100;
        }

        return twoDigits >= 0 && TryMake(year, month, day, text.Slice(11, 8), out unixSeconds);
    }

    // Sun Nov  6 08:49:37 1994
    private static bool TryParseAsctime(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        if (text.Length != 24 || text[3] != ' ' || text[7] != ' ' || text[10] != ' ' || text[19] != ' ' || Index(DayNames, text[..3]) < 0)
        {
            return false;
        }

        int day = text[8] == ' ' ? Number(text.Slice(9, 1)) : Number(text.Slice(8, 2));
        return TryMake(Number(text.Slice(20, 4)), Index(MonthNames, text.Slice(4, 3)), day, text.Slice(11, 8), out unixSeconds);
    }

    private static bool TryMake(int year, int month, int day, ReadOnlySpan<byte> clock, out long unixSeconds)
    {
        unixSeconds = 0;
        int hour = Number(clock[..2]);
        int minute = Number(clock.Slice(3, 2));
        int second = Number(clock.Slice(6, 2));

        // A second of 60 is a leap second and lawful; Unix time has none, so it is the next minute's first.
        if (clock[2] != ':' || clock[5] != ':' || year < 1 || month < 0 || (uint)hour > 23 || (uint)minute > 59 || (uint)second > 60
            || day < 1 || day > DateTime.DaysInMonth(year, month + 1))
        {
            return false;
        }

        long midnight = (new DateTime(year, month + 1, day) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        unixSeconds = midnight + (hour * 3600) + (minute * 60) + second;
        return true;
    }

    // All digits, or -1.
    private static int Number(ReadOnlySpan<byte> digits)
    {
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return -1;
            }
        }

        return Utf8Parser.TryParse(digits, out int value, out _) ? value : -1;
    }

    // RFC 9110 §5.6.7: names are case-sensitive.
    private static int Index(string names, ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < names.Length; i += 3)
        {
            if (names[i] == name[0] && names[i + 1] == name[1] && names[i + 2] == name[2])
            {
                return i / 3;
            }
        }

        return -1;
    }

    private static void CopyName(string names, int index, Span<byte> destination)
    {
        for (int i = 0; i < 3; i++)
        {
            destination[i] = (byte)names[(index * 3) + i];
        }
    }

    private static void TwoDigits(int value, Span<byte> destination)
    {
        destination[0] = (byte)('0' + (value / 10));
        destination[1] = (byte)('0' + (value % 10));
    }
}
