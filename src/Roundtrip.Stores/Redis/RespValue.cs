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
    public RespValue Checked() => IsError ? throw new RedisException(Text + HintOf(Text)) { IsAnswer = true } : this;

    // What is another kind of server than the one that is needed says so in a way that needs to be known.
    private static string HintOf(string error) => error.Split(' ')[0] switch
    {
        "MOVED" or "ASK" or "CROSSSLOT" or "CLUSTERDOWN" => " (it is a node of a cluster, which is not supported: a hub is one stream of one primary)",
        "READONLY" => " (it is a replica: give an address that always leads to the primary)",
        _ when error.Contains("unknown command", StringComparison.OrdinalIgnoreCase) && error.Contains("select", StringComparison.OrdinalIgnoreCase) => " (it is a Sentinel, which is not supported: give the address of the primary)",
        _ => "",
    };

    /// <exception cref="RedisException">It is no array with so many items, or is an error.</exception>
    public RespValue this[int index] => Checked().Items is { } items && index < items.Length ? items[index] : throw new RedisException("an answer is not what was asked for");
}
