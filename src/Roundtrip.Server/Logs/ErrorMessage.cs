using System.Runtime.CompilerServices;
using Roundtrip.Http;

namespace Roundtrip.Server.Logs;

/// <summary>An interpolated message that is put together only where its line is to be made. Used by the compiler.</summary>
[InterpolatedStringHandler]
public ref struct ErrorMessage
{
    private DefaultInterpolatedStringHandler _text;

    public ErrorMessage(int literalLength, int formattedCount, ErrorLog log, LogLevel level, string module, Exchange? exchange, out bool isWanted)
    {
        isWanted = log.Allows(level, module, exchange);
        IsWanted = isWanted;
        _text = isWanted ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, System.Globalization.CultureInfo.InvariantCulture) : default;
    }

    internal bool IsWanted { get; }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    internal string Take() => _text.ToStringAndClear();
}
