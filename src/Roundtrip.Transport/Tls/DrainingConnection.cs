using Roundtrip.Core;

namespace Roundtrip.Transport.Tls;

/// <summary>
/// The end of a connection that was closed while ciphertext waited for the peer's window: what was written still goes out, for a while.
/// OpenSSL's part of it is freed already.
/// </summary>
internal sealed class DrainingConnection(TlsLoop loop, TransportConnection inner, OutputQueue unsent) : TimerEntry, IConnectionSink
{
    /// <summary>How long the peer may take, in milliseconds.</summary>
    internal const int Patience = 10_000;

    public void Start()
    {
        inner.Sink = this;
        inner.SetInterest(read: false, write: true);
        loop.Loop.Timers.Schedule(this, loop.Loop.Now + Patience);
    }

    void IConnectionSink.OnReadable()
    {
    }

    void IConnectionSink.OnWritable()
    {
        IoResult result = inner.Write(unsent, long.MaxValue);
        if (unsent.IsEmpty || result.Status == IoStatus.Failed)
        {
            End();
            inner.Close();
        }
    }

    void IConnectionSink.OnAborted(EndReason reason)
    {
        End();
        inner.Close();
    }

    protected internal override void OnDue(long now)
    {
        End();
        inner.Reset();
    }

    private void End()
    {
        loop.Loop.Timers.Cancel(this);
        unsent.Clear();
        loop.ReturnQueue(unsent);
    }
}
