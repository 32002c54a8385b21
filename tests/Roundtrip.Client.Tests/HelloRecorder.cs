using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Roundtrip.Client.Tests;

/// <summary>A relay to a TLS server that keeps the ClientHello of each connection, as anybody on the way sees it.</summary>
internal sealed class HelloRecorder : IDisposable
{
    private const int PreSharedKey = 41;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _to;
    private readonly List<byte[]> _hellos = [];

    public HelloRecorder(int to)
    {
        _to = to;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = Task.Run(async () =>
        {
            while (true)
            {
                _ = Relay(await _listener.AcceptTcpClientAsync());
            }
        });
    }

    public int Port { get; }

    /// <summary>Whether connections are closed when their ClientHello has come.</summary>
    public bool Cuts { get; set; }

    /// <summary>For each connection the tickets that its ClientHello offers (RFC 8446 §4.2.11), in hexadecimal.</summary>
    public string[][] Tickets
    {
        get
        {
            lock (_hellos)
            {
                return [.. _hellos.Select(TicketsOf)];
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task Relay(TcpClient client)
    {
        try
        {
            using (client)
            using (var server = new TcpClient())
            {
                byte[] hello = await ReadHello(client.GetStream());
                lock (_hellos)
                {
                    _hellos.Add(hello);
                }

                if (Cuts)
                {
                    return;
                }

                await server.ConnectAsync(IPAddress.Loopback, _to);
                await server.GetStream().WriteAsync(hello);
                Task back = server.GetStream().CopyToAsync(client.GetStream());
                await client.GetStream().CopyToAsync(server.GetStream());
                server.Client.Shutdown(SocketShutdown.Send);
                await back;
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // One of the two has left.
        }
    }

    // RFC 8446 §5.1: a record's header is five bytes; OpenSSL sends a ClientHello of this size in one record.
    private static async Task<byte[]> ReadHello(NetworkStream client)
    {
        byte[] header = new byte[5];
        await client.ReadExactlyAsync(header);
        byte[] record = new byte[5 + BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3))];
        header.CopyTo(record, 0);
        await client.ReadExactlyAsync(record.AsMemory(5));
        return record;
    }

    // RFC 8446 §4.1.2: type and length, version, random, session identifier, cipher suites, compression methods, extensions.
    private static string[] TicketsOf(byte[] record)
    {
        ReadOnlySpan<byte> rest = record.AsSpan(5 + 4 + 2 + 32);
        rest = rest[(1 + rest[0])..];
        rest = rest[(2 + BinaryPrimitives.ReadUInt16BigEndian(rest))..];
        rest = rest[(1 + rest[0])..][2..];
        var tickets = new List<string>();
        while (!rest.IsEmpty)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (BinaryPrimitives.ReadUInt16BigEndian(rest) == PreSharedKey)
            {
                ReadOnlySpan<byte> identities = rest[4..];
                identities = identities.Slice(2, BinaryPrimitives.ReadUInt16BigEndian(identities));
                while (!identities.IsEmpty)
                {
                    int size = BinaryPrimitives.ReadUInt16BigEndian(identities);
                    tickets.Add(Convert.ToHexString(identities.Slice(2, size)));
                    identities = identities[(2 + size + 4)..];
                }
            }

            rest = rest[(4 + length)..];
        }

        return [.. tickets];
    }
}
