using System.Globalization;

namespace Roundtrip.Site.AccessLog;

/// <summary>The time of a log line, <c>[10/Oct/2000:13:55:36 -0700]</c>, written once a second.</summary>
internal sealed class LogClock
{
    private readonly byte[] _text = new byte[28];
    private long _second = long.MinValue;

    public ReadOnlySpan<byte> At(long unixMilliseconds)
    {
        long second = Math.DivRem(unixMilliseconds, 1000).Quotient;
        if (second != _second)
        {
            _second = second;
            Format(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(second), TimeZoneInfo.Local));
        }

        return _text;
    }

    private void Format(DateTimeOffset time)
    {
        int minutes = (int)time.Offset.TotalMinutes;
        string sign = minutes < 0 ? "-" : "+";
        minutes = Math.Abs(minutes);
        string text = string.Create(
            CultureInfo.InvariantCulture, $"[{time:dd/MMM/yyyy:HH:mm:ss} {sign}{minutes / 60:00}{minutes % 60:00}]");
        System.Text.Encoding.ASCII.GetBytes(text, _text);
    }
}
