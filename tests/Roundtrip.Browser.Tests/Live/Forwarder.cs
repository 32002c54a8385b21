using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Roundtrip.Browser.Tests.Live;

/// <summary>
/// What stands between a browser and a server: one address that stays, whichever server is behind it. It counts the connections, cuts them, lets none through for a while, and may hold event streams back as a proxy with a buffer does.
/// </summary>
internal sealed class Forwarder : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private int _held;

    public Forwarder(int to)
    {
        To = to;
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>What it lets through of an event stream's response.</summary>
    public enum Streams
    {
        Flow,
        HeadOnly,
        Nothing,
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The port to which the next connections go.</summary>
    public int To { get; set; }

    /// <summary>Whether it takes connections; otherwise it ends them at once.</summary>
    public bool IsUp { get; set; } = true;

    public Streams StreamsMay { get; set; }

    /// <summary>How many pieces of event streams it has kept to itself.</summary>
    public int Held => _held;

    /// <summary>Ends every connection that there is.</summary>
    public void Cut()
    {
        foreach (TcpClient client in _open.Keys)
        {
            // With a reset, as when a network goes away.
            try
            {
                client.Client?.Close(0);
            }
            catch (ObjectDisposedException)
            {
            }
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        Cut();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                _open[client] = true;
                _ = PassAsync(client);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                if (!IsUp)
                {
                    return;
                }

                await server.ConnectAsync(IPAddress.Loopback, To, _end.Token);
                client.NoDelay = server.NoDelay = true;
                var connection = new Connection(this);
                await Task.WhenAny(connection.SendAsync(client.GetStream(), server.GetStream(), _end.Token), connection.AnswerAsync(server.GetStream(), client.GetStream(), _end.Token));
            }
            catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
            {
                // The browser or the server has left.
            }
            finally
            {
                _open.TryRemove(client, out _);
            }
        }
    }

    // A request for an event stream is the last of its connection that gets an answer, so whatever comes back behind its head may be held.
    private sealed class Connection(Forwarder forwarder)
    {
        private volatile bool _isStream;
        private bool _isHeadSent;

        public async Task SendAsync(NetworkStream from, NetworkStream to, CancellationToken end)
        {
            byte[] buffer = new byte[65536];
            for (int read; (read = await from.ReadAsync(buffer, end)) > 0;)
            {
                _isStream |= Encoding.Latin1.GetString(buffer, 0, read).Contains("Accept: text/event-stream", StringComparison.OrdinalIgnoreCase);
                await to.WriteAsync(buffer.AsMemory(0, read), end);
            }
        }

        public async Task AnswerAsync(NetworkStream from, NetworkStream to, CancellationToken end)
        {
            byte[] buffer = new byte[65536];
            for (int read; (read = await from.ReadAsync(buffer, end)) > 0;)
            {
                await to.WriteAsync(buffer.AsMemory(0, Passes(buffer.AsSpan(0, read))), end);
            }
        }

        private int Passes(ReadOnlySpan<byte> bytes)
        {
            if (!_isStream || forwarder.StreamsMay == Streams.Flow)
            {
                return bytes.Length;
            }

            Interlocked.Increment(ref forwarder._held);
            if (_isHeadSent || forwarder.StreamsMay == Streams.Nothing)
            {
                return 0;
            }

            int end = bytes.IndexOf("\r\n\r\n"u8);
            _isHeadSent = end >= 0;
            return end < 0 ? bytes.Length : end + 4;
        }
    }
}
