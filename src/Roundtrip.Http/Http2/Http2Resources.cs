using Roundtrip.Core;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Http2;

/// <summary>
/// What the HTTP/2 connections of one loop share: streams, exchanges and queues that none of them uses now, and the memory in which one header section is read or written at a time.
/// One loop owns it.
/// </summary>
public sealed class Http2Resources
{
    private const int Kept = 1024;

    private readonly Stack<Http2Stream> _streams = new();
    private readonly Stack<Http2Exchange> _exchanges = new();
    private readonly Stack<OutputQueue> _queues = new();

    /// <summary>The section that is being read.</summary>
    internal FieldSection Section { get; } = new();

    /// <summary>The block that is being written.</summary>
    internal HeaderBlockWriter Block { get; } = new();

    /// <summary>The streams of the connection whose deadlines are looked at.</summary>
    internal List<Http2Stream> Looking { get; } = [];

    internal Http2Stream RentStream() => _streams.TryPop(out Http2Stream? stream) ? stream : new Http2Stream();

    internal void Return(Http2Stream stream)
    {
        stream.Clear();
        Keep(_streams, stream);
    }

    internal Http2Exchange RentExchange() => _exchanges.TryPop(out Http2Exchange? exchange) ? exchange : new Http2Exchange();

    internal void Return(Http2Exchange exchange) => Keep(_exchanges, exchange);

    internal OutputQueue RentQueue(BufferPool buffers) => _queues.TryPop(out OutputQueue? queue) ? queue : new OutputQueue(buffers, copyLimit: 0);

    internal void ReturnQueue(OutputQueue queue)
    {
        queue.Clear();
        Keep(_queues, queue);
    }

    private static void Keep<T>(Stack<T> stack, T item)
    {
        if (stack.Count < Kept)
        {
            stack.Push(item);
        }
    }
}
