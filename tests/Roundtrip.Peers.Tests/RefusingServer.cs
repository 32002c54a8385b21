using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Roundtrip.Peers.Tests;

/// <summary>A server of HTTP/1.1 that knows no expectation: a request for /form that has none is thanked for, any other is 417.</summary>
internal sealed class RefusingServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource<byte[]> _content = new();

    /// <param name="heads">Gets the head of each request.</param>
    /// <param name="waits">Whether it reads of the content before it refuses: the client has waited for long enough then.</param>
    /// <param name="always">Whether that is 417 too.</param>
    public RefusingServer(List<string> heads, bool waits, bool always = false)
    {
        _listener.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                using Socket socket = await _listener.AcceptSocketAsync();
                Serve(socket, heads, waits, always);
            }
        });
    }

    public EndPoint Address => _listener.LocalEndpoint;

    public Task<byte[]> Content => _content.Task;

    public void Dispose() => _listener.Dispose();

    private void Serve(Socket socket, List<string> heads, bool waits, bool always)
    {
        // As many requests as the connection has: the next one begins where the content of the last ends, and a client that keeps content back can only close it.
        byte[] bytes = new byte[65_536];
        var input = new MemoryStream();
        while (true)
        {
            int end;
            while ((end = input.ToArray().AsSpan().IndexOf("\r\n\r\n"u8)) < 0)
            {
                if (!Read())
                {
                    return;
                }
            }

            string head = Encoding.Latin1.GetString(input.ToArray(), 0, end);
            heads.Add(head);
            int whole = end + 4 + int.Parse(head.Split("\r\n").Single(line => line.StartsWith("Content-Length:", StringComparison.Ordinal)).Split(' ')[1], null);
            bool isRefused = always || !head.Contains("/form", StringComparison.Ordinal) || head.Contains("\r\nExpect:", StringComparison.OrdinalIgnoreCase);
            while (input.Length < (isRefused ? waits ? end + 5 : 0 : whole) && Read())
            {
            }

            socket.Send(Encoding.Latin1.GetBytes(isRefused ? "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno" : "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nthanks"));
            while (input.Length < whole)
            {
                if (!Read())
                {
                    return;
                }
            }

            if (!isRefused)
            {
                _content.SetResult(input.ToArray()[(end + 4)..whole]);
            }

            byte[] rest = input.ToArray()[whole..];
            input = new MemoryStream();
            input.Write(rest);
        }

        bool Read()
        {
            int count = 0;
            try
            {
                count = socket.Receive(bytes);
            }
            catch (SocketException)
            {
                // A reset is an end too.
            }

            input.Write(bytes, 0, count);
            return count > 0;
        }
    }
}
