using Roundtrip.Client;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;

namespace Roundtrip.Program;

/// <summary>Shows on standard error how connections come about, in lines that begin with <c>* </c>, and HTTP/2's frames.</summary>
internal sealed class ConnectionLines(bool isVerbose, bool isInsecure, FrameLines? frames) : IClientObserver
{
    private readonly Dictionary<ClientConnection, (FrameLines.Direction Sent, FrameLines.Direction Received)> _directions = [];

    public void Connecting(Origin origin, PeerAddress address) => Say($"Trying {address}...");

    public void AddressFailed(PeerAddress address, string detail) => Say($"connect to {address}: {detail}");

    public void Connected(Origin origin, PeerAddress address) => Say($"Connected to {origin.Host} ({address.ToIPAddress()}) port {origin.Port}");

    public void Secured(Origin origin, TlsFacts facts)
    {
        Say($"{facts.Protocol} with {facts.Cipher}{(isInsecure ? "; the certificate was not looked at" : "; the certificate is valid for the host")}");
        Say(facts.ApplicationProtocol is { } protocol ? $"ALPN: server accepted {protocol}" : "ALPN: server chose no protocol");
    }

    public void Opened(ClientConnection connection, ProtocolVersion version) => Say($"using {(version == ProtocolVersion.Http2 ? "HTTP/2" : "HTTP/1.1")}");

    public void Sent(ClientConnection connection, ReadOnlySpan<byte> bytes)
    {
        if (DirectionsOf(connection) is { } directions)
        {
            directions.Sent.Add(bytes);
        }
    }

    public void Received(ClientConnection connection, ReadOnlySpan<byte> bytes)
    {
        if (DirectionsOf(connection) is { } directions)
        {
            directions.Received.Add(bytes);
        }
    }

    public void Reported(ClientConnection connection, in ProtocolError error) => Say(EndReasons.Describe(error.Reason));

    public void Closed(ClientConnection connection, EndReason reason) => Say($"Connection to {connection.Origin.Host} closed");

    private (FrameLines.Direction Sent, FrameLines.Direction Received)? DirectionsOf(ClientConnection connection)
    {
        if (frames is null || !connection.IsHttp2)
        {
            return null;
        }

        if (!_directions.TryGetValue(connection, out (FrameLines.Direction Sent, FrameLines.Direction Received) directions))
        {
            _directions.Add(connection, directions = (frames.Begin('>'), frames.Begin('<')));
        }

        return directions;
    }

    private void Say(string line)
    {
        if (isVerbose)
        {
            Console.Error.WriteLine($"* {line}");
        }
    }
}
