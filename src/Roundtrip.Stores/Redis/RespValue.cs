using System.Globalization;
using System.Text;

namespace Roundtrip.Stores.Redis;

/// <summary>A reply of RESP2: bytes (a bulk or simple string, or an error), a whole number, an array, or nothing.</summary>
internal readonly record struct RespValue
{
    public ReadOnlyMemory<byte> Bytes { get; init; }

    public RespValue[]? Items { get; init; }

    public bool IsNull { get; init; }

    public bool IsError { get; init; }

    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>The number that it says.</summary>
    /// <exception cref="RedisException">It says none.</exception>
    public long Number => long.TryParse(Bytes.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : throw new RedisException($"'{Text}' is no number");

    /// <summary>The value itself.</summary>
    /// <exception cref="RedisException">It is an error.</exception>
    public RespValue Checked() => IsError ? throw new RedisException(Text) { IsAnswer = true } : this;

    /// <exception cref="RedisException">It is no array with so many items, or is an error.</exception>
    public RespValue this[int index] => Checked().Items is { } items && index < items.Length ? items[index] : throw new RedisException("an answer is not what was asked for");
}
