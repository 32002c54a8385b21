using Roundtrip.Core;

namespace Roundtrip.Transport;

/// <summary>Who is told when a connection can move bytes. All calls are made on the connection's loop, never from within one of its own methods.</summary>
public interface IConnectionSink
{
    /// <summary>A read may do something: there are bytes, the peer's end, or an error. Called again until it has been read.</summary>
    void OnReadable();

    /// <summary>A write may do something.</summary>
    void OnWritable();

    /// <summary>The connection is gone: reset by the peer, or failed. Nothing else is called afterwards; the sink still calls Close.</summary>
    void OnAborted(EndReason reason);
}
