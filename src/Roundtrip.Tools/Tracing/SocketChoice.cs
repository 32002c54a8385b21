using Roundtrip.Core;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tracing;

/// <summary>What each socket of an ordinary user is told, since the system writes its headers.</summary>
/// <param name="Source">Null for the one that the way there has.</param>
internal sealed record SocketChoice(PeerAddress? Source, string? Interface, byte TrafficClass, bool DontFragment)
{
    public ProbeSocket Open(ProbeSocketKind kind, bool isV6)
    {
        var socket = ProbeSocket.Open(kind, isV6);
        if (Interface is not null)
        {
            socket.BindToInterface(Interface);
        }

        if (Source is { } source)
        {
            socket.Bind(source.WithPort(0));
        }

        socket.SetTrafficClass(TrafficClass);
        socket.SetDontFragment(DontFragment);
        return socket;
    }
}
