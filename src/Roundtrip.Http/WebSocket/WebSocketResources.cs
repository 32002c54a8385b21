using Roundtrip.Core;
using Roundtrip.Http.WebSocket.Deflate;

namespace Roundtrip.Http.WebSocket;

/// <summary>What the WebSockets of one loop share: buffers, and what compresses. One loop owns it.</summary>
public sealed class WebSocketResources(BufferPool buffers)
{
    private const int KeptInflaters = 16;
    private const int KeptOutputs = 64;

    private readonly Stack<Inflater> _inflaters = new();
    private readonly Stack<OutputQueue> _outputs = new();

    public BufferPool Buffers => buffers;

    internal Deflater Deflater => field ??= new Deflater();

    /// <summary>One for a message that is on its way.</summary>
    internal Inflater RentInflater()
    {
        Inflater inflater = _inflaters.TryPop(out Inflater? kept) ? kept : new Inflater();
        inflater.Begin();
        return inflater;
    }

    // What is encoded for many is handed on as it lies, however short it is.
    internal OutputQueue RentOutput() => _outputs.TryPop(out OutputQueue? kept) ? kept : new OutputQueue(buffers, copyLimit: 0);

    /// <param name="output">Which is empty.</param>
    internal void Return(OutputQueue output)
    {
        if (_outputs.Count < KeptOutputs)
        {
            _outputs.Push(output);
        }
    }

    internal void Return(Inflater inflater)
    {
        if (_inflaters.Count < KeptInflaters)
        {
            _inflaters.Push(inflater);
        }
    }
}
