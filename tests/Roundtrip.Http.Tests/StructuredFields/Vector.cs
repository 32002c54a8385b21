using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Roundtrip.Http.Tests.StructuredFields;

/// <summary>One of the working group's vectors (../Vectors/StructuredFields).</summary>
public sealed record Vector(JsonElement Json)
{
    public string Name => Json.GetProperty("name").GetString()!;

    public string Type => Json.GetProperty("header_type").GetString()!;

    public bool MustFail => Flag("must_fail");

    /// <summary>Whether a parser may refuse it too.</summary>
    public bool CanFail => Flag("can_fail");

    public JsonElement Expected => Json.GetProperty("expected");

    /// <summary>The field's lines, joined as RFC 9651 section 4.2 says.</summary>
    public byte[] Raw => Joined("raw");

    /// <summary>How it is written again.</summary>
    public byte[] Canonical => Joined(Json.TryGetProperty("canonical", out _) ? "canonical" : "raw");

    public static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../Vectors/StructuredFields");

    public static Vector[] In(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder(), file)));
        return [.. document.RootElement.EnumerateArray().Select(json => new Vector(json.Clone()))];
    }

    /// <summary>The same text that <see cref="Rendering"/> makes of what was parsed.</summary>
    public string Render() => Type switch
    {
        "item" => RenderItem(Expected),
        "list" => string.Join(", ", Expected.EnumerateArray().Select(RenderMember)),
        _ => string.Join(", ", Expected.EnumerateArray().Select(pair => $"{pair[0].GetString()}={RenderMember(pair[1])}")),
    };

    /// <summary>The bytes that a Byte Sequence stands for: the vectors have them in base 32.</summary>
    public static byte[] FromBase32(string text)
    {
        var bytes = new List<byte>();
        int held = 0;
        int bits = 0;
        foreach (char digit in text.TrimEnd('='))
        {
            held = ((held << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(digit, StringComparison.Ordinal)) & 0xFFFF;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(held >> bits));
            }
        }

        return [.. bytes];
    }

    /// <summary>JSON tells 1 from 1.0 by its text alone.</summary>
    public static bool IsDecimal(JsonElement number) => number.GetRawText().AsSpan().ContainsAny('.', 'e', 'E');

    private static string RenderMember(JsonElement member) => member[0].ValueKind == JsonValueKind.Array
        ? $"({string.Join(' ', member[0].EnumerateArray().Select(RenderItem))}){RenderParameters(member[1])}"
        : RenderItem(member);

    private static string RenderItem(JsonElement item) => RenderBare(item[0]) + RenderParameters(item[1]);

    private static string RenderParameters(JsonElement parameters) =>
        string.Concat(parameters.EnumerateArray().Select(pair => $";{pair[0].GetString()}={RenderBare(pair[1])}"));

    private static string RenderBare(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when IsDecimal(value) =>
            $"Decimal {((long)(decimal.Parse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture) * 1000)).ToString(CultureInfo.InvariantCulture)}",
        JsonValueKind.Number => $"Integer {value.GetRawText()}",
        JsonValueKind.True => "Boolean 1",
        JsonValueKind.False => "Boolean 0",
        JsonValueKind.String => $"String {Hex(value)}",
        _ => value.GetProperty("__type").GetString() switch
        {
            "token" => $"Token {Hex(value.GetProperty("value"))}",
            "binary" => $"ByteSequence {Convert.ToHexString(FromBase32(value.GetProperty("value").GetString()!))}",
            "date" => $"Date {value.GetProperty("value").GetRawText()}",
            _ => $"DisplayString {Hex(value.GetProperty("value"))}",
        },
    };

    private static string Hex(JsonElement text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text.GetString()!));

    private bool Flag(string name) => Json.TryGetProperty(name, out JsonElement flag) && flag.GetBoolean();

    private byte[] Joined(string name) => Encoding.UTF8.GetBytes(string.Join(", ", Json.GetProperty(name).EnumerateArray().Select(line => line.GetString())));
}
