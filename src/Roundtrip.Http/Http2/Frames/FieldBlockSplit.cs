using System.Buffers.Binary;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>
/// A field block cut into the frames that carry it (RFC 9113 section 4.3): HEADERS or PUSH_PROMISE first, CONTINUATION behind it, END_HEADERS on the last. An empty block is one
/// frame too.
/// </summary>
internal ref struct FieldBlockSplit
{
    /// <summary>The most bytes that <see cref="WriteHead"/> writes.</summary>
    public const int LargestHead = FrameHeader.Size + 4;

    private readonly int _maximumLength;
    private readonly int _promisedStreamId;
    private ReadOnlySpan<byte> _rest;
    private FrameType _type;
    private FrameFlags _flags;
    private bool _isBegun;

    private FieldBlockSplit(FrameType type, FrameFlags flags, int promisedStreamId, ReadOnlySpan<byte> block, int maximumLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumLength, FrameHeader.DefaultMaximumLength);
        _type = type;
        _flags = flags;
        _promisedStreamId = promisedStreamId;
        _rest = block;
        _maximumLength = maximumLength;
    }

    /// <summary>What of the block the frame carries.</summary>
    public ReadOnlySpan<byte> Fragment { get; private set; }

    public static FieldBlockSplit AsHeaders(ReadOnlySpan<byte> block, bool endStream, int maximumLength) =>
        new(FrameType.Headers, endStream ? FrameFlags.EndStream : FrameFlags.None, 0, block, maximumLength);

    public static FieldBlockSplit AsPushPromise(int promisedStreamId, ReadOnlySpan<byte> block, int maximumLength) =>
        new(FrameType.PushPromise, FrameFlags.None, promisedStreamId, block, maximumLength);

    private readonly int FieldsBefore => _type == FrameType.PushPromise ? 4 : 0;

    /// <summary>Goes to the next frame.</summary>
    public bool MoveNext()
    {
        if (_isBegun)
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            _type = FrameType.Continuation;
            _flags = FrameFlags.None;
        }

        _isBegun = true;
        int count = Math.Min(_rest.Length, _maximumLength - FieldsBefore);
        Fragment = _rest[..count];
        _rest = _rest[count..];
        _flags |= _rest.IsEmpty ? FrameFlags.EndHeaders : FrameFlags.None;
        return true;
    }

    /// <summary>Writes what stands before <see cref="Fragment"/>.</summary>
    /// <returns>How many bytes that were.</returns>
    public readonly int WriteHead(Span<byte> destination, int streamId)
    {
        int at = FrameWriter.WriteHeader(destination, FieldsBefore + Fragment.Length, _type, _flags, streamId);
        if (_type == FrameType.PushPromise)
        {
            BinaryPrimitives.WriteInt32BigEndian(destination[at..], _promisedStreamId);
        }

        return at + FieldsBefore;
    }
}
