namespace Roundtrip.Packets.Tests;

/// <summary>Feeds a parser a vector cut at every index.</summary>
internal static class Cut
{
    public delegate bool Parser(ReadOnlySpan<byte> bytes);

    /// <summary>Asserts that what is shorter than <paramref name="least"/> is refused and what is not is read; whatever its length, nothing outside it is touched.</summary>
    public static void AtEveryIndex(byte[] vector, int least, Parser parse)
    {
        for (int length = 0; length <= vector.Length; length++)
        {
            // An array of its own: a read past the end throws.
            byte[] part = vector[..length];
            Assert.True(parse(part) == (length >= least), $"cut at {length}");
        }
    }
}
