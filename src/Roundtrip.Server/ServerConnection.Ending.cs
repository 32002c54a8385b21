using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;

namespace Roundtrip.Server;

// Ending: at once, or in stages where the client may still be sending.
internal sealed partial class ServerConnection
{
    /// <summary>Ends the connection now.</summary>
    public void Gone(EndReason reason)
    {
        if (_phase != Phase.Closed)
        {
            _isInCall = true;
            EndEngine(reason);
            Dispose();
        }
    }

    private void EndEngine(EndReason reason)
    {
        try
        {
            _engine?.Ended(reason);
        }
#pragma warning disable CA1031 // A handler that throws when it is told of the end must not keep the connection open, nor end the loop.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFault(fault);
        }
    }

    private void Fail(EndReason reason)
    {
        if (reason is EndReason.ResponseSourceChanged or EndReason.ResponseSourceFailed)
        {
            Report(new ProtocolError(reason, 0, ErrorScope.Connection, ErrorOrigin.Server));
            EndEngine(reason);
            End(ConnectionClose.Reset);
            return;
        }

        Gone(reason);
    }

    private void End(ConnectionClose how)
    {
        if (how == ConnectionClose.Linger && !_isReadEnded)
        {
            EndEngine(_engine!.ClosingReason);
            _input.Clear(Buffers);
            EndWriting();
            _phase = Phase.Lingering;
            _lookAgainAt = Now + LingerMaximum;
            DropInput();
            return;
        }

        if (how == ConnectionClose.Reset)
        {
            transport.Reset();
        }

        Gone(_engine!.ClosingReason);
    }

    // Our side is closed once, whether the peer's goes on or is read to its end and dropped.
    private void EndWriting()
    {
        if (!_isWriteEnded)
        {
            _isWriteEnded = true;
            transport.ShutdownWrite();
        }
    }

    // Reads what comes after our side is closed, and keeps none of it.
    private void DropInput()
    {
        byte[] scratch = Buffers.Rent(LargeRead);
        IoResult result = transport.Read(scratch);
        for (int reads = 1; result.Status == IoStatus.Done && reads * LargeRead < ReadBudget; reads++)
        {
            result = transport.Read(scratch);
        }

        Buffers.Return(scratch);
        if (result.Status is IoStatus.End or IoStatus.Failed)
        {
            Dispose();
            return;
        }

        transport.SetInterest(read: true, write: false);
        server.Loop.Timers.Cancel(this);
        server.Loop.Timers.Schedule(this, Math.Min(Now + LingerIdle, _lookAgainAt));
    }

    private void Dispose()
    {
        _phase = Phase.Closed;
        _input.Clear(Buffers);
        if (_output is not null)
        {
            _output.Clear();
            server.ReturnOutput(_output);
            _output = null;
        }

        server.Loop.Timers.Cancel(this);
        PeerAddress remote = transport.Remote;
        transport.Close();
        server.Remove(this, remote);
    }
}
