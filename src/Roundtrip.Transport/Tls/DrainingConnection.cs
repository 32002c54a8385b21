using Roundtrip.Core;

namespace Roundtrip.Transport.Tls;

/// <summary>
/// The end of a connection that was closed while ciphertext waited for the peer's window: what was written still goes out, while the peer takes enough of it.
/// OpenSSL's part of it is freed already.
/// </summary>
internal sealed class DrainingConnection(TlsLoop loop, TransportConnection inner, OutputQueue unsent, int minimumRate) : TimerEntry, IConnectionSink
{
    /// <summary>How long the peer may take nothing, in milliseconds, and over how long its rate is counted.</summary>
    internal const int Patience = 10_000;

    private long _sentAtLastLook;

    public void Start()
    {
        loop.Add(this);
        inner.Sink = this;
        inner.SetInterest(read: false, write: true);
        LookLater();
    }

    /// <summary>Gives up what is unsent, so that the peer sees that it has not got all.</summary>
    public void Reset()
    {
        inner.Reset();
        End();
    }

    void IConnectionSink.OnReadable()
    {
    }

    void IConnectionSink.OnWritable()
    {
        IoResult result = inner.Write(unsent, long.MaxValue);
        if (unsent.IsEmpty || result.Status == IoStatus.Failed)
        {
            inner.Close();
            End();
        }
    }

    void IConnectionSink.OnAborted(EndReason reason)
    {
        inner.Close();
        End();
    }

    // In bytes taken, so that taking one at a time gains nothing; at least one even where no rate is asked for.
    protected internal override void OnDue(long now)
    {
        long enough = Math.Max(1, (long)minimumRate * Patience / 1000);
        if (unsent.Consumed - _sentAtLastLook < enough)
        {
            Reset();
            return;
        }

        LookLater();
    }

    private void LookLater()
    {
        _sentAtLastLook = unsent.Consumed;
        loop.Loop.Timers.Schedule(this, loop.Loop.Now + Patience);
    }

    private void End()
    {
        loop.Loop.Timers.Cancel(this);
        unsent.Clear();
        loop.ReturnQueue(unsent);
        loop.Remove(this);
    }
}
