using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>DATA (RFC 9113 section 6.1): content. The whole payload, padding included, counts against both windows (section 6.9.1).</summary>
public readonly ref struct DataFrame
{
    private DataFrame(ReadOnlySpan<byte> content) => Content = content;

    /// <summary>What is not padding; a part of the payload that was read.</summary>
    public ReadOnlySpan<byte> Content { get; }

    /// <summary>Reads the payload of a header that <see cref="FrameRules"/> passed.</summary>
    /// <param name="payload">All of it: the header's length.</param>
    public static ProtocolError Read(in FrameHeader header, ReadOnlySpan<byte> payload, out DataFrame frame)
    {
        ProtocolError error = Padding.Strip(header, 0, ref payload);
        frame = error.IsError ? default : new DataFrame(payload);
        return error;
    }
}
