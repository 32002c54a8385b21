using System.Text;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Tests;

namespace Roundtrip.Fuzz;

/// <summary>An end of a connection that sends what the input chooses: frames that may come, on streams that may have them, or, where it is lawless, any others too.</summary>
internal abstract class Http2Sender(TestHost host, Choices choices, bool isLawless, int firstOfEngine)
{
    public WireCheck Sent { get; } = new(firstOfEngine);

    protected TestHost Host => host;

    protected Choices Choices => choices;

    protected bool IsLawless => isLawless;

    protected byte[] Frame { get; } = new byte[70_000];

    /// <summary>The streams whose header section this end has sent, and not their end.</summary>
    protected List<int> Open { get; } = [];

    /// <summary>How many bytes the engine is given at a time.</summary>
    protected int Piece { get; set; } = int.MaxValue;

    /// <summary>A stream for a frame that any may have.</summary>
    protected abstract int Stream();

    /// <summary>A literal without indexing and without Huffman (RFC 7541 section 6.2.2).</summary>
    protected static byte[] Field(string name, string value)
    {
        byte[] length = value.Length < 127 ? [(byte)value.Length] : [127, (byte)(0x80 | ((value.Length - 127) & 0x7F)), (byte)((value.Length - 127) >> 7)];
        return [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. length, .. Encoding.ASCII.GetBytes(value)];
    }

    /// <summary>Sends a header section, perhaps in two frames.</summary>
    /// <param name="first">What the first of two has at least.</param>
    protected void Section(FrameFlags flags, int streamId, byte[] block, int first)
    {
        int cut = choices.Of(4) == 3 ? Math.Min(first + choices.Next(), block.Length) : block.Length;
        Header(FrameType.Headers, flags | (cut == block.Length ? FrameFlags.EndHeaders : FrameFlags.None), streamId, block[..cut]);
        if (cut < block.Length && (!isLawless || choices.Of(8) != 0))
        {
            Header(FrameType.Continuation, FrameFlags.EndHeaders, streamId, block[cut..]);
        }
    }

    protected void Data()
    {
        if (Open.Count == 0 && !isLawless)
        {
            return;
        }

        int streamId = Open.Count == 0 || (isLawless && choices.Of(8) == 0) ? Stream() : Open[choices.Of(Open.Count)];
        int size = choices.Of(0, 1, 5, 700, 3000, 16_000);
        int pad = choices.Of(5) == 4 ? choices.Next() : -1;
        byte[] payload = new byte[size + (pad < 0 ? 0 : pad + 1)];
        FrameFlags flags = choices.Of(4) == 3 ? FrameFlags.EndStream : FrameFlags.None;
        if (flags != FrameFlags.None)
        {
            Open.Remove(streamId);
        }

        if (pad >= 0)
        {
            payload[0] = (byte)pad;
            flags |= FrameFlags.Padded;
        }

        Header(FrameType.Data, flags, streamId, payload);
    }

    protected void Header(FrameType type, FrameFlags flags, int streamId, byte[] payload)
    {
        int at = FrameWriter.WriteHeader(Frame, payload.Length, type, flags, streamId);
        payload.CopyTo(Frame, at);
        Feed(at + payload.Length);
    }

    protected void Raw(byte[] bytes)
    {
        bytes.CopyTo(Frame, 0);
        Feed(bytes.Length);
    }

    /// <summary>Gives the engine the first bytes of <see cref="Frame"/>.</summary>
    protected void Feed(int count)
    {
        Sent.Note(Frame.AsSpan(0, count));
        for (int at = 0; at < count;)
        {
            int piece = Math.Min(Piece, count - at);
            host.Feed(Frame.AsSpan(at, piece));
            at += piece;
        }
    }
}
