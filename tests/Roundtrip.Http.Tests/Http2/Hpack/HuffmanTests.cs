using CsCheck;
using Roundtrip.Core;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Tests.Http2.Hpack;

public class HuffmanTests
{
    private static readonly Gen<byte[]> Texts = Gen.OneOf(Gen.Byte, Gen.Byte[32, 126]).Array[0, 700];

    [Fact]
    public void The_code_is_complete_and_the_codes_are_those_of_appendix_B()
    {
        uint[] codes = HuffmanCode.BuildCodes();

        Assert.Equal(1L << 30, HuffmanCode.Lengths.ToArray().Sum(length => 1L << (30 - length)));
        Assert.Equal(0x1ff8u, codes[0]);
        Assert.Equal(0x14u, codes[' ']);
        Assert.Equal(0x0u, codes['0']);
        Assert.Equal(0x21u, codes['A']);
        Assert.Equal(0x3u, codes['a']);
        Assert.Equal(0x7bu, codes['z']);
        Assert.Equal(0x7fff0u, codes['\\']);
        Assert.Equal(0xfffe6u, codes[128]);
        Assert.Equal(0x3ffffeeu, codes[255]);
        Assert.Equal(0x3fffffffu, codes[HuffmanCode.EndOfString]);
    }

    [Fact]
    public void What_is_encoded_is_decoded_and_measured() => Texts.Sample(text =>
    {
        byte[] encoded = new byte[HuffmanEncoder.LengthOf(text)];
        HuffmanEncoder.Encode(text, encoded);
        var literal = new StringLiteral(encoded, isHuffman: true);
        byte[] exact = new byte[text.Length + HuffmanDecoder.Slack];

        Assert.True(literal.Bound >= exact.Length);
        Assert.Equal(EndReason.None, literal.Measure(out int measured));
        Assert.Equal(text.Length, measured);
        Assert.Equal(EndReason.None, literal.Decode(exact, out int length));
        Assert.Equal(text, exact[..length]);
    });

    [Fact]
    public void Decoding_and_measuring_agree_on_any_bytes() => Gen.OneOf(Gen.Byte, Gen.Const((byte)0xff)).Array[0, 40].Sample(encoded =>
    {
        var literal = new StringLiteral(encoded, isHuffman: true);
        EndReason decoded = literal.Decode(new byte[literal.Bound], out int length);

        Assert.Equal(decoded, literal.Measure(out int measured));
        Assert.Equal(decoded == EndReason.None ? length : measured, measured);
    });
}
