namespace Roundtrip.Transport.Tls;

/// <summary>
/// The sessions that a client may go on with at one server: those of the latest tickets, at most <see cref="Most"/>. They belong to the server and to the context under which it was verified,
/// so each pair of these has its own. It lives on one loop.
/// </summary>
public sealed class TlsSessions : IDisposable
{
    /// <summary>As many as a page opens connections; a server sends two tickets or so with each.</summary>
    public const int Most = 6;

    // The newest last. Each is a reference of ours.
    private readonly List<nint> _sessions = [];
    private bool _isDisposed;

    public int Count => _sessions.Count;

    /// <summary>Takes over a reference to a session.</summary>
    /// <returns>False when it is not wanted, and stays the caller's.</returns>
    internal bool TryAdd(nint session)
    {
        if (_isDisposed)
        {
            return false;
        }

        if (_sessions.Count == Most)
        {
            LibSsl.SSL_SESSION_free(_sessions[0]);
            _sessions.RemoveAt(0);
        }

        _sessions.Add(session);
        return true;
    }

    /// <summary>Has a connection go on with the newest session, if there is one.</summary>
    internal void Offer(nint ssl)
    {
        if (_sessions.Count == 0)
        {
            return;
        }

        nint session = _sessions[^1];
        _ = LibSsl.SSL_set_session(ssl, session);

        // RFC 8446 §C.4: a ticket of TLS 1.3 is used once, so that nobody on the way can tell that two connections are one client's. TLS 1.2 sends none for a session that went on.
        if (LibSsl.SSL_SESSION_get_protocol_version(session) == LibSsl.Tls13)
        {
            LibSsl.SSL_SESSION_free(session);
            _sessions.RemoveAt(_sessions.Count - 1);
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _sessions.ForEach(LibSsl.SSL_SESSION_free);
        _sessions.Clear();
    }
}
