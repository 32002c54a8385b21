using Roundtrip.Core;

namespace Roundtrip.Http.WebSocket.Frames;

/// <summary>What a frame must be for itself, whatever came before it (RFC 6455 sections 5.1, 5.2 and 5.5).</summary>
internal static class FrameRules
{
    /// <summary>Looks at the first two bytes, which are enough to refuse most of what cannot be.</summary>
    /// <param name="allowsRsv1">Whether an extension has been agreed on that gives the first reserved bit a meaning.</param>
    public static EndReason CheckStart(byte first, byte second, bool mustBeMasked, bool allowsRsv1)
    {
        var opcode = (Opcode)(first & 0x0f);
        bool isControl = (first & 0x08) != 0;
        int reserved = first & 0x70;

        // RFC 7692 §6: the bit is of a message's first frame, so of no continuation and no control frame.
        bool isRsv1Meant = allowsRsv1 && (opcode is Opcode.Text or Opcode.Binary);
        if ((reserved & ~(isRsv1Meant ? FrameHeader.Rsv1 : 0)) != 0)
        {
            return EndReason.WebSocketReservedBits;
        }

        if (opcode is not (Opcode.Continuation or Opcode.Text or Opcode.Binary or Opcode.Close or Opcode.Ping or Opcode.Pong))
        {
            return EndReason.WebSocketReservedOpcode;
        }

        // RFC 6455 §5.5: control frames MUST NOT be fragmented and have 125 bytes at most.
        if (isControl && (first & FrameHeader.Fin) == 0)
        {
            return EndReason.WebSocketControlFragmented;
        }

        if (isControl && (second & 0x7f) > FrameHeader.MaximumControlLength)
        {
            return EndReason.WebSocketControlTooLong;
        }

        // RFC 6455 §5.1: a server MUST close on a frame that is not masked, a client on one that is.
        bool isMasked = (second & 0x80) != 0;
        return isMasked == mustBeMasked ? EndReason.None : isMasked ? EndReason.WebSocketMasked : EndReason.WebSocketUnmasked;
    }

    /// <summary>RFC 6455 section 5.2: a length MUST have the fewest bytes that it can have, and its highest bit MUST be 0.</summary>
    public static EndReason CheckLength(in FrameHeader header)
    {
        int extended = header.Size - 2 - (header.IsMasked ? 4 : 0);
        bool isMinimal = extended switch
        {
            2 => header.Length > 125,
            8 => header.Length > ushort.MaxValue,
            _ => true,
        };
        return isMinimal ? EndReason.None : EndReason.WebSocketInvalidLength;
    }
}
