using Roundtrip.Core;

namespace Roundtrip.Transport.InMemory;

internal sealed class InMemoryListener(
    PeerAddress address, Action<TransportConnection> accepted, Dictionary<PeerAddress, InMemoryListener> listeners) : ITransportListener
{
    public PeerAddress Address => address;

    public Action<TransportConnection> Accepted => accepted;

    public void Close() => listeners.Remove(address);
}
