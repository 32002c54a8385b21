using System.Runtime.InteropServices;
using Roundtrip.Core;
using Roundtrip.Interop;

namespace Roundtrip.Transport.Epoll;

/// <summary>A connection that is being made: it stands until the other end has answered, the deadline has passed, or it is given up.</summary>
internal sealed class EpollConnecting : TimerEntry, IConnectionSink, IPendingConnection
{
    private readonly EpollLoop _loop;
    private readonly EpollConnection _connection;
    private readonly IConnectObserver _observer;

    public EpollConnecting(EpollLoop loop, EpollConnection connection, long deadline, IConnectObserver observer)
    {
        (_loop, _connection, _observer) = (loop, connection, observer);
        connection.Sink = this;
        connection.SetInterest(read: false, write: true);
        loop.Timers.Schedule(this, deadline);
    }

    public void OnReadable()
    {
    }

    // connect(2): writable says that it is decided, SO_ERROR how.
    public void OnWritable()
    {
        int errno = _connection.TakeError();
        _loop.Timers.Cancel(this);
        _connection.Sink = null;
        if (errno == 0)
        {
            _observer.Connected(_connection);
            return;
        }

        _connection.Close();
        _observer.ConnectFailed(EndReason.ConnectFailed, Libc.ErrorText(errno));
    }

    public void OnAborted(EndReason reason) => OnWritable();

    public void Cancel()
    {
        _loop.Timers.Cancel(this);
        _connection.Close();
    }

    protected internal override void OnDue(long now)
    {
        _connection.Close();
        _observer.ConnectFailed(EndReason.ConnectTimeout, Marshal.GetPInvokeErrorMessage(Errno.Etimedout));
    }
}
