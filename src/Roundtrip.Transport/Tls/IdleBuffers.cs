namespace Roundtrip.Transport.Tls;

/// <summary>
/// Takes OpenSSL's record buffers, 16 KiB each way, from connections that are at rest. SSL_MODE_RELEASE_BUFFERS does so after each record, which costs a busy connection
/// two allocations a request; here a connection keeps them while it is used, and loses them within two sweeps after its last use.
/// </summary>
/// <param name="timers">The loop's.</param>
internal sealed class IdleBuffers(TimerWheel timers) : TimerEntry
{
    /// <summary>Milliseconds between two sweeps.</summary>
    internal const int SweepInterval = 500;

    private readonly List<TlsConnection> _holders = [];

    /// <summary>How many connections may hold buffers.</summary>
    internal int Count => _holders.Count;

    /// <summary>A connection begins to use its buffers. It is called once, until the connection has lost them.</summary>
    public void Add(TlsConnection connection, long now)
    {
        if (_holders.Count == 0)
        {
            timers.Schedule(this, now + SweepInterval);
        }

        connection.BufferIndex = _holders.Count;
        _holders.Add(connection);
    }

    /// <summary>The connection has no buffers any more.</summary>
    public void Remove(TlsConnection connection)
    {
        TlsConnection last = _holders[^1];
        _holders[connection.BufferIndex] = last;
        last.BufferIndex = connection.BufferIndex;
        _holders.RemoveAt(_holders.Count - 1);
    }

    protected internal override void OnDue(long now)
    {
        // From the end, since what is removed is replaced by the last.
        for (int i = _holders.Count - 1; i >= 0; i--)
        {
            _holders[i].Rest();
        }

        if (_holders.Count > 0)
        {
            timers.Schedule(this, now + SweepInterval);
        }
    }
}
