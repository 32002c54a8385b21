using System.Text;
using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>What a client is told when the engine itself refuses its request.</summary>
internal static class Refusal
{
    /// <summary>The fields of every refusal.</summary>
    public static readonly FieldBlock Fields = FieldBlock.Create(("Content-Type", "text/plain; charset=us-ascii"));

    private static readonly byte[]?[] Contents = new byte[byte.MaxValue + 1][];

    /// <summary>The status that RFC 9110 section 15 and RFC 9112 name for the reason; 400 where they name no other.</summary>
    public static int StatusOf(EndReason reason) => reason switch
    {
        EndReason.RequestHeadTimeout or EndReason.RequestHeadTooSlow => 408,
        EndReason.RequestBodyTimeout or EndReason.RequestBodyTooSlow => 408,
        EndReason.RequestBodyTooLarge or EndReason.ChunkExtensionsTooLong => 413,
        EndReason.RequestLineTooLong => 414,
        EndReason.InvalidExpectation => 417,
        EndReason.MisdirectedRequest => 421,
        EndReason.FieldLineTooLong or EndReason.TooManyFields => 431,
        EndReason.RequestHeadTooLarge or EndReason.TrailersTooLarge => 431,
        EndReason.UnsupportedTransferCoding or EndReason.ConnectNotSupported => 501,
        EndReason.UnsupportedVersion => 505,
        _ => 400,
    };

    /// <summary>Writes the whole response, after which the connection is closed.</summary>
    /// <param name="start">What <see cref="StatusLines"/> has for its status.</param>
    /// <param name="sentence">The reason that the client reads. What goes wrong inside the server is not its business.</param>
    /// <param name="more">What the site has to say of it.</param>
    /// <returns>The bytes of content.</returns>
    public static int Write(OutputQueue output, ReadOnlySpan<byte> start, EndReason sentence, ReadOnlySpan<byte> date, FieldBuffer more, bool isHead)
    {
        ReadOnlySpan<byte> content = ContentOf(sentence);
        ResponseHead.Write(output, start, date, Fields, more, content.Length, isChunked: false, "Connection: close\r\n"u8);
        if (isHead)
        {
            return 0;
        }

        output.Write(content);
        return content.Length;
    }

    public static int LengthOf(EndReason sentence) => ContentOf(sentence).Length;

    /// <summary>The content, made once for each reason. Two loops may make the same one at the same time: either will do.</summary>
    public static byte[] ContentOf(EndReason reason) =>
        Contents[(int)reason] ??= Encoding.ASCII.GetBytes(EndReasons.Describe(reason) + "\n");
}
