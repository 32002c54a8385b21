using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Roundtrip.Client.Tests;

/// <summary>A server that says what a test wrote for it: each connection has the next script. With a certificate it speaks TLS, and offers what is given for ALPN.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private int _accepted;
    private int _open;
    private int _mostOpen;

    public ScriptedServer(Func<int, Stream, Task> script, X509Certificate2? certificate = null, params string[] protocols)
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = Task.Run(async () =>
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                _ = Serve(client, _accepted++, script, certificate, protocols);
            }
        });
    }

    public int Port { get; }

    public int Accepted => Volatile.Read(ref _accepted);

    public int MostOpen => Volatile.Read(ref _mostOpen);

    public void Dispose() => _listener.Dispose();

    /// <summary>Answers each request of HTTP/1.1 as it comes.</summary>
    public static async Task Answer(Stream stream, string response)
    {
        while (await ReadHead(stream))
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(response));
        }
    }

    /// <returns>False at the end of the connection.</returns>
    public static async Task<bool> ReadHead(Stream stream)
    {
        byte[] one = new byte[1];
        string text = "";
        while (!text.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0)
            {
                return false;
            }

            text += (char)one[0];
        }

        return true;
    }

    /// <summary>Reads HTTP/2's preface and frames, up to a HEADERS.</summary>
    public static async Task ReadRequest(Stream stream)
    {
        byte[] header = new byte[24];
        await stream.ReadExactlyAsync(header);
        do
        {
            await stream.ReadExactlyAsync(header.AsMemory(0, 9));
            await stream.ReadExactlyAsync(new byte[(header[0] << 16) | (header[1] << 8) | header[2]]);
        }
        while (header[3] != 1);
    }

    private async Task Serve(TcpClient client, int number, Func<int, Stream, Task> script, X509Certificate2? certificate, string[] protocols)
    {
        int open = Interlocked.Increment(ref _open);
        _mostOpen = Math.Max(_mostOpen, open);
        try
        {
            using (client)
            {
                Stream stream = client.GetStream();
                if (certificate is not null)
                {
                    var secure = new SslStream(stream);
                    await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                    {
                        ServerCertificate = certificate,
                        ApplicationProtocols = protocols.Length == 0 ? null : [.. protocols.Select(name => new SslApplicationProtocol(name))],
                    });
                    stream = secure;
                }

                await script(number, stream);
            }
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or SocketException)
        {
            // The client has left.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
