using System.Text;
using Roundtrip.Http.WebSocket.Frames;

namespace Roundtrip.Http.WebSocket;

/// <summary>
/// A message as a server's frame, made once for all that get it: none of them masks, so all send the same bytes from where they lie. The compressed frame is made when the first connection wants it,
/// by itself, so that it fits every connection whose window is no smaller than the message. It never changes, and may be used from any loop.
/// </summary>
public sealed class EncodedMessage
{
    private readonly byte[] _frame;
    private readonly int _headerSize;
    private byte[]? _compressed;

    private EncodedMessage(Opcode opcode, ReadOnlySpan<byte> content)
    {
        Span<byte> header = stackalloc byte[FrameHeader.MaximumSize];
        _headerSize = FrameHeader.Write(header, (byte)(FrameHeader.Fin | (byte)opcode), content.Length);
        _frame = Join(header[.._headerSize], content);
    }

    /// <param name="utf8">Valid UTF-8.</param>
    public static EncodedMessage Text(ReadOnlySpan<byte> utf8) => new(Opcode.Text, utf8);

    public static EncodedMessage Text(string text) => new(Opcode.Text, Encoding.UTF8.GetBytes(text));

    public static EncodedMessage Binary(ReadOnlySpan<byte> content) => new(Opcode.Binary, content);

    /// <summary>The whole frame, without compression.</summary>
    public ReadOnlyMemory<byte> Frame => _frame;

    /// <summary>The message's content.</summary>
    public ReadOnlyMemory<byte> Content => _frame.AsMemory(_headerSize);

    /// <summary>The frame's array: pinned, and nobody writes to it.</summary>
    internal byte[] Pinned => _frame;

    /// <summary>The frame with its content compressed for itself; the plain one where that is no longer.</summary>
    internal byte[] Compressed(WebSocketResources resources)
    {
        if (Volatile.Read(ref _compressed) is { } made)
        {
            return made;
        }

        ReadOnlySpan<byte> payload = resources.Deflater.Deflate([], Content.Span, Deflate.DeflateFormat.MaximumWindowBits);
        Span<byte> header = stackalloc byte[FrameHeader.MaximumSize];
        int size = FrameHeader.Write(header, (byte)(_frame[0] | FrameHeader.Rsv1), payload.Length);
        made = size + payload.Length < _frame.Length ? Join(header[..size], payload) : _frame;

        // Two loops may make it at the same time: both are the same.
        Volatile.Write(ref _compressed, made);
        return made;
    }

    private static byte[] Join(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        byte[] frame = GC.AllocateUninitializedArray<byte>(header.Length + payload.Length, pinned: true);
        header.CopyTo(frame);
        payload.CopyTo(frame.AsSpan(header.Length));
        return frame;
    }
}
