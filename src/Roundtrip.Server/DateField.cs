using Roundtrip.Http;

namespace Roundtrip.Server;

/// <summary>The value of the Date field (RFC 9110 section 5.6.7), written once a second.</summary>
internal sealed class DateField
{
    private readonly byte[] _text = new byte[HttpDate.Length];
    private long _second = -1;

    public ReadOnlySpan<byte> At(long unixMilliseconds)
    {
        long second = unixMilliseconds / 1000;
        if (second != _second)
        {
            _second = second;
            HttpDate.Format(second, _text);
        }

        return _text;
    }
}
