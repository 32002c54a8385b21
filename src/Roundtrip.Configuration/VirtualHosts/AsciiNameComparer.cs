using System.Text;

namespace Roundtrip.Configuration.VirtualHosts;

/// <summary>Host names as keys: ASCII letters without regard to case, all else as it is. The hash is seeded anew in each process.</summary>
internal sealed class AsciiNameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly AsciiNameComparer Instance = new();

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => Equal(alternate, other);

    public bool Equals(byte[]? x, byte[]? y) => Equal(x, y);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = default(HashCode);
        foreach (byte octet in alternate)
        {
            hash.Add(octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet);
        }

        return hash.ToHashCode();
    }

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    // Ascii.EqualsIgnoreCase says no where an octet is beyond ASCII; such names are not valid, and equal only to themselves.
    private static bool Equal(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y) => Ascii.EqualsIgnoreCase(x, y) || x.SequenceEqual(y);
}
