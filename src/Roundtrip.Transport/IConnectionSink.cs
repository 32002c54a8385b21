using Roundtrip.Core;

namespace Roundtrip.Transport;

/// <summary>Who is told when a connection can move bytes. All calls are made on the connection's loop, never from within one of its own methods.</summary>
public interface IConnectionSink
{
    /// <summary>A read may do something: there are bytes, the peer's end, or an error. Called again when more comes, and when <see cref="TransportConnection.SetInterest"/> asks again while something is left.</summary>
    void OnReadable();

    /// <summary>A write may do something. Called again as <see cref="OnReadable"/> is.</summary>
    void OnWritable();

    /// <summary>The peer sends no more: it has closed, or only its own side. Told to who asked for that and not for reading.</summary>
    void OnEnded()
    {
    }

    /// <summary>The connection is gone: reset by the peer, or failed. Nothing else is called afterwards; the sink still calls Close.</summary>
    void OnAborted(EndReason reason);
}
