using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Roundtrip.Peers.Tests;

/// <summary>A TCP client that sends what it is told, right or wrong.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 20_000 };

    /// <param name="receiveBuffer">How many bytes the client's kernel takes before they are read; 0 for its own choice.</param>
    public RawClient(int port, int receiveBuffer = 0)
    {
        if (receiveBuffer > 0)
        {
            _socket.ReceiveBufferSize = receiveBuffer;
        }

        _socket.Connect(IPAddress.Loopback, port);
    }

    public Socket Socket => _socket;

    public void Send(string text) => _socket.Send(Encoding.Latin1.GetBytes(text));

    /// <returns>False, and the client is disposed of, when the server has reset the connection.</returns>
    public bool TrySend(string text)
    {
        try
        {
            Send(text);
            return true;
        }
        catch (SocketException)
        {
            Dispose();
            return false;
        }
    }

    /// <summary>Takes one byte of what has come, if anything has.</summary>
    /// <returns>False, and the client is disposed of, when the server has ended the connection.</returns>
    public bool TryReceiveByte()
    {
        try
        {
            if (!_socket.Poll(0, SelectMode.SelectRead) || _socket.Receive(new byte[1]) == 1)
            {
                return true;
            }
        }
        catch (SocketException)
        {
            // Reset: as good as ended.
        }

        Dispose();
        return false;
    }

    /// <summary>Reads until the server closes; a reset ends it too.</summary>
    public string ReadToEnd(out bool wasReset)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[64 * 1024];
        wasReset = false;
        try
        {
            for (int count; (count = _socket.Receive(buffer)) > 0;)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.ConnectionReset)
        {
            wasReset = true;
        }

        return text.ToString();
    }

    public string ReadToEnd() => ReadToEnd(out _);

    /// <summary>Reads until the text has come.</summary>
    public string ReadUntil(string ending)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[64 * 1024];
        while (!text.ToString().EndsWith(ending, StringComparison.Ordinal))
        {
            int count = _socket.Receive(buffer);
            Assert.True(count > 0, $"the connection ended after: {text}");
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    public void Dispose() => _socket.Dispose();
}
