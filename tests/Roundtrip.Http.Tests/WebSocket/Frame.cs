using System.Buffers.Binary;
using System.Text;
using Roundtrip.Http.WebSocket.Frames;

namespace Roundtrip.Http.Tests.WebSocket;

/// <summary>Frames as a client sends them, and any others that a test wants. Options are written as a frame's first bits: <c>-</c> for no FIN, 1, 2 and 3 for the reserved bits.</summary>
internal static class Frame
{
    public const uint Mask = 0x78563412;

    public static byte[] Text(string text, string options = "") => Of(Opcode.Text, Encoding.UTF8.GetBytes(text), options);

    public static byte[] Binary(ReadOnlySpan<byte> content, string options = "") => Of(Opcode.Binary, content, options);

    public static byte[] More(string text, string options = "") => Of(Opcode.Continuation, Encoding.UTF8.GetBytes(text), options);

    public static byte[] Ping(string payload = "") => Of(Opcode.Ping, Encoding.UTF8.GetBytes(payload));

    public static byte[] Pong(string payload = "") => Of(Opcode.Pong, Encoding.UTF8.GetBytes(payload));

    public static byte[] Close(int code, string reason = "") => Of(Opcode.Close, ClosePayload(code, Encoding.UTF8.GetBytes(reason)));

    public static byte[] ClosePayload(int code, ReadOnlySpan<byte> reason)
    {
        byte[] payload = new byte[2 + reason.Length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        reason.CopyTo(payload.AsSpan(2));
        return payload;
    }

    public static byte[] Of(Opcode opcode, ReadOnlySpan<byte> payload, string options = "", uint? mask = Mask)
    {
        byte first = (byte)((options.Contains('-', StringComparison.Ordinal) ? 0 : 0x80) | (byte)opcode);
        first |= (byte)((options.Contains('1', StringComparison.Ordinal) ? 0x40 : 0) | (options.Contains('2', StringComparison.Ordinal) ? 0x20 : 0)
                        | (options.Contains('3', StringComparison.Ordinal) ? 0x10 : 0));
        byte[] frame = new byte[FrameHeader.MaximumSize + payload.Length];
        int size = FrameHeader.Write(frame, first, payload.Length, mask);
        Masking.Apply(payload, frame.AsSpan(size), mask ?? 0);
        return frame[..(size + payload.Length)];
    }

    /// <summary>What a side sent, a word a frame: first byte, payload as text (a Close's code as a number).</summary>
    public static string Describe(ReadOnlySpan<byte> sent)
    {
        var text = new StringBuilder();
        while (FrameHeader.TryRead(sent, out FrameHeader header))
        {
            byte[] payload = sent.Slice(header.Size, (int)header.Length).ToArray();
            Masking.Apply(payload, payload, header.Mask);
            text.Append(text.Length > 0 ? " | " : "").Append(header.Opcode).Append(header.IsMasked ? " masked" : "").Append(header.IsCompressed ? " compressed" : "");
            text.Append(header.Opcode == Opcode.Close && payload.Length >= 2 ? $" {BinaryPrimitives.ReadUInt16BigEndian(payload)}"
                : payload.Length == 0 ? "" : $" {Encoding.Latin1.GetString(payload)}");
            sent = sent[(header.Size + (int)header.Length)..];
        }

        Assert.True(sent.IsEmpty, "half a frame was sent");
        return text.ToString();
    }
}
