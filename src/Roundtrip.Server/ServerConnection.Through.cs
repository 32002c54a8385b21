using Roundtrip.Core;
using Roundtrip.Transport;

namespace Roundtrip.Server;

// Large pieces of content, read to where a handler wants them and sent from where they lie: they are not copied through the connection's buffers.
internal sealed partial class ServerConnection
{
    public int ReadThrough(Span<byte> destination)
    {
        if (_phase != Phase.Open || _isReadEnded || _hasFoundEnd || _through <= 0)
        {
            return 0;
        }

        IoResult result = transport.Read(destination[..Math.Min(destination.Length, _through)]);
        if (result.Status is IoStatus.End or IoStatus.Failed)
        {
            (_hasFoundEnd, _foundFailure) = (true, result.Reason);
            Wake();
            return 0;
        }

        // The engine has the next piece from here too, so little is read before it is asked.
        _isReadingMuch = false;
        _through -= (int)result.Count;
        return (int)result.Count;
    }

    public int SendThrough(ReadOnlySpan<byte> bytes)
    {
        if (_phase != Phase.Open || _isWriteEnded || _isWarming || _engine!.Waiting > 0 || _through <= 0)
        {
            return 0;
        }

        OutputQueue output = Output;
        long before = output.Length;
        int count = transport.WriteThrough(output, bytes[..Math.Min(bytes.Length, _through)]);
        _sent += before - output.Length + count;
        _through -= count;
        return count;
    }

    private void ReceiveFoundEnd()
    {
        if (!_hasFoundEnd || _isReadEnded || _phase != Phase.Open)
        {
            return;
        }

        _isReadEnded = true;
        if (_foundFailure != EndReason.None)
        {
            Gone(_foundFailure);
        }
        else
        {
            _engine!.ReceiveEnd(Now);
        }
    }
}
