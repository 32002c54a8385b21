using Roundtrip.Core;

namespace Roundtrip.Transport;

/// <summary>An address at which one loop accepts connections.</summary>
public interface ITransportListener
{
    PeerAddress Address { get; }

    /// <summary>Stops accepting, for good. Connections that were accepted stay.</summary>
    void Close();
}
