using System.Globalization;
using System.Text;

namespace Roundtrip.Packets.Dns;

/// <summary>
/// A domain name in text, in small letters (RFC 4343: their case does not matter), without the last dot; empty for the root. A byte that would be read as something else, and any that is no
/// printable ASCII, stands as <c>\DDD</c> (RFC 1035 section 5.1).
/// </summary>
public readonly record struct DnsName
{
    /// <summary>RFC 1035 section 2.3.4: the bytes of a name on the wire, and of a label.</summary>
    public const int LongestName = 255;

    private const int LongestLabel = 63;
    private const int Pointer = 0xc0;

    private readonly string? _text;

    // One value for the root, that of default.
    private DnsName(string text) => _text = text.Length > 0 ? text : null;

    public static DnsName Root => default;

    public string Text => _text ?? "";

    public bool IsRoot => Text.Length == 0;

    /// <summary>Whether <see cref="Write"/> can write it: nothing in it stands for something else.</summary>
    public bool CanBeWritten => !Text.Contains('\\', StringComparison.Ordinal);

    /// <summary>The labels, the host's first.</summary>
    public string[] Labels => IsRoot ? [] : Text.Split('.');

    /// <summary>The name without its first label; the root's is the root.</summary>
    public DnsName Parent => new(Text.IndexOf('.', StringComparison.Ordinal) is >= 0 and int dot ? Text[(dot + 1)..] : "");

    /// <summary>Whether it is the other name, or below it.</summary>
    public bool IsWithin(DnsName other) => other.IsRoot || Text == other.Text || Text.EndsWith($".{other.Text}", StringComparison.Ordinal);

    /// <summary>A name as people write it.</summary>
    /// <returns>False where a label is empty, or it or the name is too long, or has bytes that are not a host's (RFC 952, and the underscore).</returns>
    public static bool TryParse(string text, out DnsName name)
    {
        name = new DnsName(text.TrimEnd('.').ToLowerInvariant());
        return name.Text.Length < LongestName - 1 && name.Labels.All(label => label.Length is > 0 and <= LongestLabel && label.All(IsPlain));
    }

    /// <summary>Reads a name of a message, which may point to where its rest has stood before (RFC 1035 section 4.1.4).</summary>
    /// <param name="at">Where it begins; then what is behind it.</param>
    /// <returns>False if it is cut short or too long, or does not point backwards: names end, whatever they say.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int at, out DnsName name)
    {
        name = default;
        var text = new StringBuilder();
        int position = at, behind = -1, least = at, bytes = 1;
        while (position < message.Length)
        {
            int length = message[position];
            if (length == 0)
            {
                at = behind < 0 ? position + 1 : behind;
                name = new DnsName(text.ToString());
                return true;
            }

            if (length >= Pointer)
            {
                // Each pointer leads to before where the one before it led to, so that there is no circle.
                int target = position + 1 < message.Length ? ((length & ~Pointer) << 8) | message[position + 1] : int.MaxValue;
                if (target >= least)
                {
                    return false;
                }

                behind = behind < 0 ? position + 2 : behind;
                position = least = target;
                continue;
            }

            bytes += 1 + length;
            if (length > LongestLabel || bytes > LongestName || position + 1 + length > message.Length)
            {
                return false;
            }

            AppendLabel(text, message.Slice(position + 1, length));
            position += 1 + length;
        }

        return false;
    }

    /// <summary>Writes it without pointers. See <see cref="CanBeWritten"/>.</summary>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> destination)
    {
        int at = 0;
        foreach (string label in Labels)
        {
            destination[at] = (byte)label.Length;
            at += 1 + Encoding.ASCII.GetBytes(label, destination[(at + 1)..]);
        }

        destination[at] = 0;
        return at + 1;
    }

    public override string ToString() => IsRoot ? "." : Text;

    private static void AppendLabel(StringBuilder text, ReadOnlySpan<byte> label)
    {
        text.Append(text.Length > 0 ? "." : "");
        foreach (byte value in label)
        {
            char character = char.ToLowerInvariant((char)value);
            if (IsPlain(character) || character is '/' or '*')
            {
                text.Append(character);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\{value:D3}");
            }
        }
    }

    private static bool IsPlain(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_';
}
