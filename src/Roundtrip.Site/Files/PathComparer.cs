using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Roundtrip.Site.Files;

/// <summary>
/// Paths as keys, and other bytes of a request. The hash has a seed of its own in each process, so that keys which collide cannot be prepared; and whoever keeps them keeps a bounded number. It is one
/// multiplication for eight bytes, of which both halves count (as in wyhash), and cheaper than <see cref="HashCode"/>: a hot file is looked up for each request.
/// </summary>
internal sealed class PathComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly PathComparer Instance = new();

    // From the fraction of pi, made odd.
    private const ulong First = 0x243F6A8885A308D3;
    private const ulong Second = 0xA4093822299F31D1;

    private readonly ulong _seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        ulong hash = _seed ^ (ulong)alternate.Length;
        for (; alternate.Length >= sizeof(ulong); alternate = alternate[sizeof(ulong)..])
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(alternate), First);
        }

        // What is left, up to seven bytes, as one number.
        ulong rest = 0;
        foreach (byte octet in alternate)
        {
            rest = (rest << 8) | octet;
        }

        return (int)Mix(hash ^ rest, Second);
    }

    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
