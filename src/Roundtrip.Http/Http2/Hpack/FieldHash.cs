using System.Runtime.InteropServices;

namespace Roundtrip.Http.Http2.Hpack;

/// <summary>What an encoder looks for first in its table. Equal hashes are no proof: the bytes are compared too.</summary>
/// <param name="Name">Of the name in lower case.</param>
/// <param name="Field">Of name and value.</param>
internal readonly record struct FieldHash(uint Name, uint Field)
{
    private const ulong Factor = 0x9E3779B97F4A7C15;

    public static FieldHash Of(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        ulong hash = Add(Factor, name);
        return new FieldHash((uint)(hash >> 32), (uint)(Add(hash, value) >> 32));
    }

    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        hash += (uint)bytes.Length;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(bytes));
        }

        ulong last = 0;
        foreach (byte next in bytes)
        {
            last = (last << 8) | next;
        }

        return Mix(hash ^ last);
    }

    private static ulong Mix(ulong hash)
    {
        hash *= Factor;
        return hash ^ (hash >> 29);
    }
}
