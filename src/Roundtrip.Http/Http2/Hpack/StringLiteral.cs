using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Hpack;

/// <summary>A string literal of a header block (RFC 7541 section 5.2), not yet decoded.</summary>
internal readonly ref struct StringLiteral(ReadOnlySpan<byte> encoded, bool isHuffman)
{
    private readonly ReadOnlySpan<byte> _encoded = encoded;

    /// <summary>No fewer bytes than <see cref="Decode"/> needs.</summary>
    public long Bound => isHuffman ? HuffmanDecoder.Bound(_encoded.Length) : _encoded.Length;

    /// <summary>How long the string is. Costs as much as decoding it.</summary>
    public EndReason Measure(out int length)
    {
        length = _encoded.Length;
        return isHuffman ? MeasureHuffman(out length) : EndReason.None;
    }

    /// <param name="to">As many bytes as <see cref="Bound"/> says, or as the string has and <see cref="HuffmanDecoder.Slack"/>.</param>
    public EndReason Decode(Span<byte> to, out int length)
    {
        if (isHuffman)
        {
            return new HuffmanDecoder(_encoded).Read(to, out length);
        }

        _encoded.CopyTo(to);
        length = _encoded.Length;
        return EndReason.None;
    }

    private EndReason MeasureHuffman(out int length)
    {
        Span<byte> window = stackalloc byte[256];
        var decoder = new HuffmanDecoder(_encoded);
        length = 0;
        while (!decoder.IsAtEnd)
        {
            EndReason reason = decoder.Read(window, out int count);
            if (reason != EndReason.None)
            {
                return reason;
            }

            length += count;
        }

        return EndReason.None;
    }
}
