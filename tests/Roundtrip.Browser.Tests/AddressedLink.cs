using System.Net;
using System.Net.Sockets;

namespace Roundtrip.Browser.Tests;

/// <summary>Passes connections on to a port of this machine, each from the address that the test says: so that one browser is many visitors.</summary>
internal sealed class AddressedLink : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _to;

    public AddressedLink(int to)
    {
        _to = to;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The last two bytes of the address from which the next connections come: 127.0.x.y.</summary>
    public int Visitor { get; set; } = 2;

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = PassAsync(await _listener.AcceptTcpClientAsync(_end.Token), Visitor);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task PassAsync(TcpClient client, int visitor)
    {
        using (client)
        using (var server = new TcpClient(new IPEndPoint(new IPAddress([127, 0, (byte)(visitor >> 8), (byte)visitor]), 0)))
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _to, _end.Token);
                client.NoDelay = server.NoDelay = true;
                await Task.WhenAny(
                    client.GetStream().CopyToAsync(server.GetStream(), _end.Token), server.GetStream().CopyToAsync(client.GetStream(), _end.Token));
            }
            catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException)
            {
                // The browser or the server has left.
            }
        }
    }
}
