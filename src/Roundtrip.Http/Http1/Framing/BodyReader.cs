using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>A request's content in the input, whichever way it is framed (RFC 9112 section 6).</summary>
internal struct BodyReader
{
    private ChunkedDecoder _chunks;

    // Of content with a length what is left of it; of chunked content the most that it may have, 0 for no limit. There are many connections: one word for both.
    private long _remaining;
    private bool _isChunked;
    private FieldBuffer? _trailers;

    public readonly bool IsDone => _isChunked ? _chunks.IsDone : _remaining == 0;

    /// <summary>The bytes of the body that were consumed, framing included.</summary>
    public long Consumed { get; private set; }

    /// <summary>How many bytes of the body are left at least, those that are here included; 0 when all of them are here.</summary>
    /// <param name="here">What of it has come, and maybe what stands behind it.</param>
    public readonly long Least(ReadOnlySpan<byte> here, HttpLimits limits) =>
        _isChunked ? _chunks.Least(here, limits, _remaining) : _remaining > here.Length ? _remaining : 0;

    /// <summary>Whether bytes beyond <paramref name="buffered"/> can belong to the body.</summary>
    public readonly bool CanUseMore(int buffered) => _isChunked ? !_chunks.IsDone : buffered < _remaining;

    /// <summary>Begins with the next content, in its place: most requests have none, and to copy a new one costs more than they do.</summary>
    /// <param name="length">The Content-Length, or <see cref="Exchange.UnknownLength"/> for chunked.</param>
    /// <param name="trailers">Where trailer fields are kept; null where they are dropped.</param>
    public void Begin(long length, FieldBuffer? trailers)
    {
        _trailers = trailers;
        _isChunked = length == Exchange.UnknownLength;
        _remaining = Math.Max(length, 0);
        Consumed = 0;
        if (_isChunked)
        {
            _chunks = default;
        }
    }

    /// <summary>Bounds chunked content, whose length nobody has said.</summary>
    /// <param name="limit">In bytes; 0 for no limit.</param>
    public void Limit(long limit)
    {
        if (_isChunked)
        {
            _remaining = limit;
        }
    }

    /// <summary>How many of so many bytes that come next, behind an empty input, are content for certain: none where framing may stand between them.</summary>
    public readonly int Certain(int count) => _isChunked ? 0 : (int)Math.Min(_remaining, count);

    /// <summary>So many bytes of content were read past the input.</summary>
    public void TookPast(int count)
    {
        _remaining -= count;
        Consumed += count;
    }

    /// <summary>Copies content to <paramref name="destination"/> and consumes it.</summary>
    public BodyStep Read(ref InputBuffer input, Span<byte> destination, HttpLimits limits, out int count, out EndReason error)
    {
        BodyStep step = Next(ref input, limits, out int available, out error);
        count = Math.Min(available, destination.Length);
        if (step == BodyStep.Data)
        {
            input.Unread[..count].CopyTo(destination);
            Take(ref input, count);
        }

        return step;
    }

    /// <summary>Consumes content, up to <paramref name="budget"/> bytes of the body since it began.</summary>
    public BodyStep Discard(ref InputBuffer input, long budget, HttpLimits limits, out EndReason error)
    {
        while (true)
        {
            BodyStep step = Next(ref input, limits, out int available, out error);
            if (step != BodyStep.Data || Consumed >= budget)
            {
                return step;
            }

            Take(ref input, available);
        }
    }

    private BodyStep Next(ref InputBuffer input, HttpLimits limits, out int available, out EndReason error)
    {
        if (_isChunked)
        {
            return NextChunk(ref input, limits, out available, out error);
        }

        error = EndReason.None;
        available = (int)Math.Min(_remaining, input.Length);
        return _remaining == 0 ? BodyStep.End : available == 0 ? BodyStep.Incomplete : BodyStep.Data;
    }

    private BodyStep NextChunk(ref InputBuffer input, HttpLimits limits, out int available, out EndReason error)
    {
        if (_chunks.IsDone)
        {
            // What follows is the next request's.
            available = 0;
            error = EndReason.None;
            return BodyStep.End;
        }

        BodyStep step = _chunks.Next(input.Unread, limits, _remaining, _trailers, out int framing, out available, out error);
        Consume(ref input, framing);
        return step;
    }

    private void Take(ref InputBuffer input, int count)
    {
        Consume(ref input, count);
        if (_isChunked)
        {
            _chunks.Take(count);
        }
        else
        {
            _remaining -= count;
        }
    }

    private void Consume(ref InputBuffer input, int count)
    {
        input.Consume(count);
        Consumed += count;
    }
}
