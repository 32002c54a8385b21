using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Roundtrip.Http.WebSocket;

/// <summary>
/// Whether bytes that come in pieces are UTF-8 (RFC 3629), told at the first byte that cannot be: a character may be cut anywhere, and a beginning that no character has is found at once.
/// </summary>
internal struct Utf8Stream
{
    private const int LongestCharacter = 4;

    // The beginning of a character whose end has not come; its first bytes in the lowest ones.
    private uint _begun;
    private int _begunLength;

    /// <summary>Whether no character is cut here.</summary>
    public readonly bool IsComplete => _begunLength == 0;

    /// <returns>False at a byte that makes the text invalid.</returns>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        Span<byte> character = stackalloc byte[LongestCharacter];
        while (_begunLength > 0 && !bytes.IsEmpty)
        {
            BitConverter.TryWriteBytes(character, _begun);
            character[_begunLength++] = bytes[0];
            bytes = bytes[1..];
            switch (Rune.DecodeFromUtf8(character[.._begunLength], out _, out _))
            {
                case OperationStatus.Done:
                    this = default;
                    break;
                case OperationStatus.NeedMoreData:
                    _begun = BitConverter.ToUInt32(character);
                    break;
                default:
                    return false;
            }
        }

        int cut = StartOfLast(bytes);
        ReadOnlySpan<byte> rest = bytes[cut..];
        if (!Utf8.IsValid(bytes[..cut]))
        {
            return false;
        }

        if (rest.IsEmpty)
        {
            return true;
        }

        switch (Rune.DecodeFromUtf8(rest, out _, out int consumed))
        {
            case OperationStatus.Done:
                // What follows a whole character here are continuation bytes: of nothing.
                return consumed == rest.Length;
            case OperationStatus.NeedMoreData:
                rest.CopyTo(character);
                _begun = BitConverter.ToUInt32(character);
                _begunLength = rest.Length;
                return true;
            default:
                return false;
        }
    }

    // Where the last character begins, if that is one of several bytes and may be cut; the end otherwise.
    private static int StartOfLast(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back < LongestCharacter && back <= bytes.Length; back++)
        {
            byte value = bytes[^back];
            if (value >= 0xc0)
            {
                return bytes.Length - back;
            }

            if (value < 0x80)
            {
                break;
            }
        }

        return bytes.Length;
    }
}
