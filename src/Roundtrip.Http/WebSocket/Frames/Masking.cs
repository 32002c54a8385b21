using System.Numerics;
using System.Runtime.InteropServices;

namespace Roundtrip.Http.WebSocket.Frames;

/// <summary>RFC 6455 section 5.3: each byte of the payload is combined, by exclusive or, with one of the key's four in turn. Masking and unmasking are the same.</summary>
public static class Masking
{
    /// <summary>Writes <paramref name="source"/>, masked, to <paramref name="destination"/>, which may be the same memory.</summary>
    /// <param name="mask">The key's four bytes as they lie in memory.</param>
    /// <param name="offset">How many bytes of the payload came before these.</param>
    public static void Apply(ReadOnlySpan<byte> source, Span<byte> destination, uint mask, long offset = 0)
    {
        // The key as this piece sees it: turned to where the piece begins.
        int turn = (int)(offset & 3) * 8;
        uint key = BitConverter.IsLittleEndian ? BitOperations.RotateRight(mask, turn) : BitOperations.RotateLeft(mask, turn);
        int done = 0;
        if (Vector.IsHardwareAccelerated && source.Length >= Vector<byte>.Count)
        {
            Vector<byte> keys = Vector.AsVectorByte(new Vector<uint>(key));
            for (; done <= source.Length - Vector<byte>.Count; done += Vector<byte>.Count)
            {
                (new Vector<byte>(source[done..]) ^ keys).CopyTo(destination[done..]);
            }
        }

        // A vector is a multiple of four bytes long, so the key stands as it stood.
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key));
        for (; done < source.Length; done++)
        {
            destination[done] = (byte)(source[done] ^ bytes[done & 3]);
        }
    }
}
