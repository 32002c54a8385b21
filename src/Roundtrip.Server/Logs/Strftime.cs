using System.Globalization;

namespace Roundtrip.Server.Logs;

/// <summary>strftime(3) in the C locale, as the names of rotated logs and <c>%{format}t</c> of log formats have it. It allocates nothing.</summary>
public static class Strftime
{
    private static readonly string[] Months = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames;
    private static readonly string[] Days = CultureInfo.InvariantCulture.DateTimeFormat.DayNames;

    /// <param name="format">An unknown conversion stands for itself. <c>E</c> and <c>O</c> before a letter change nothing, as in the C locale.</param>
    /// <returns>False where the room is too small; what was written does not count then.</returns>
    public static bool TryFormat(ReadOnlySpan<byte> format, DateTimeOffset time, Span<byte> room, out int written)
    {
        var text = new Text(room);
        Write(ref text, format, time);
        written = text.Length;
        return !text.IsFull;
    }

    private static void Write(ref Text text, ReadOnlySpan<byte> format, DateTimeOffset time)
    {
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Put((char)format[i]);
                continue;
            }

            int start = i++;
            if (format[i] is (byte)'E' or (byte)'O' && i + 1 < format.Length)
            {
                i++;
            }

            if (!TryWrite(ref text, (char)format[i], time))
            {
                foreach (byte octet in format[start..(i + 1)])
                {
                    text.Put((char)octet);
                }
            }
        }
    }

    private static bool TryWrite(ref Text text, char conversion, DateTimeOffset time)
    {
        int hour12 = (time.Hour + 11) % 12 + 1;
        switch (conversion)
        {
            case 'a': text.Put(Days[(int)time.DayOfWeek].AsSpan(0, 3)); break;
            case 'A': text.Put(Days[(int)time.DayOfWeek]); break;
            case 'b' or 'h': text.Put(Months[time.Month - 1].AsSpan(0, 3)); break;
            case 'B': text.Put(Months[time.Month - 1]); break;
            case 'c': Write(ref text, "%a %b %e %H:%M:%S %Y"u8, time); break;
            case 'C': text.Put(time.Year / 100, "00"); break;
            case 'd': text.Put(time.Day, "00"); break;
            case 'D' or 'x': Write(ref text, "%m/%d/%y"u8, time); break;
            case 'e': text.PutPadded(time.Day); break;
            case 'F': Write(ref text, "%Y-%m-%d"u8, time); break;
            case 'g': text.Put(ISOWeek.GetYear(time.DateTime) % 100, "00"); break;
            case 'G': text.Put(ISOWeek.GetYear(time.DateTime), ""); break;
            case 'H': text.Put(time.Hour, "00"); break;
            case 'I': text.Put(hour12, "00"); break;
            case 'j': text.Put(time.DayOfYear, "000"); break;
            case 'k': text.PutPadded(time.Hour); break;
            case 'l': text.PutPadded(hour12); break;
            case 'm': text.Put(time.Month, "00"); break;
            case 'M': text.Put(time.Minute, "00"); break;
            case 'n': text.Put('\n'); break;
            case 'p': text.Put(time.Hour < 12 ? "AM" : "PM"); break;
            case 'P': text.Put(time.Hour < 12 ? "am" : "pm"); break;
            case 'r': Write(ref text, "%I:%M:%S %p"u8, time); break;
            case 'R': Write(ref text, "%H:%M"u8, time); break;
            case 's': text.Put(time.ToUnixTimeSeconds(), ""); break;
            case 'S': text.Put(time.Second, "00"); break;
            case 't': text.Put('\t'); break;
            case 'T' or 'X': Write(ref text, "%H:%M:%S"u8, time); break;
            case 'u': text.Put(((int)time.DayOfWeek + 6) % 7 + 1, ""); break;
            case 'U': text.Put((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7, "00"); break;
            case 'V': text.Put(ISOWeek.GetWeekOfYear(time.DateTime), "00"); break;
            case 'w': text.Put((int)time.DayOfWeek, ""); break;
            case 'W': text.Put((time.DayOfYear + 6 - ((int)time.DayOfWeek + 6) % 7) / 7, "00"); break;
            case 'y': text.Put(time.Year % 100, "00"); break;
            case 'Y': text.Put(time.Year, ""); break;
            case 'z': PutOffset(ref text, time); break;
            case 'Z': text.Put(time.Offset == TimeSpan.Zero ? "UTC" : ""); break;
            case '%': text.Put('%'); break;
            default: return false;
        }

        return true;
    }

    private static void PutOffset(ref Text text, DateTimeOffset time)
    {
        int minutes = (int)time.Offset.TotalMinutes;
        text.Put(minutes < 0 ? '-' : '+');
        minutes = Math.Abs(minutes);
        text.Put(minutes / 60 * 100 + minutes % 60, "0000");
    }

    private ref struct Text(Span<byte> room)
    {
        private readonly Span<byte> _room = room;

        public int Length { get; private set; }

        public bool IsFull { get; private set; }

        public void Put(char c)
        {
            if (Length < _room.Length)
            {
                _room[Length++] = (byte)c;
            }
            else
            {
                IsFull = true;
            }
        }

        public void Put(ReadOnlySpan<char> text)
        {
            foreach (char c in text)
            {
                Put(c);
            }
        }

        public void Put(long number, ReadOnlySpan<char> format)
        {
            if (number.TryFormat(_room[Length..], out int written, format, CultureInfo.InvariantCulture))
            {
                Length += written;
            }
            else
            {
                IsFull = true;
            }
        }

        public void PutPadded(int number)
        {
            if (number < 10)
            {
                Put(' ');
            }

            Put(number, "");
        }
    }
}
