using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Roundtrip.Site.Tests.Wsgi.Support;

/// <summary>Requests over HTTP/2 that come in one packet, so that the server finds them with one look: close upon each other, whatever else the machine does.</summary>
internal sealed class AtOnce : IDisposable
{
    private const byte Data = 0, Headers = 1, Reset = 3, Settings = 4;
    private const byte EndStream = 1, EndHeaders = 4;

    private readonly TcpClient _client = new();
    private readonly Dictionary<int, StringBuilder> _contents = [];
    private readonly HashSet<int> _ended = [];

    /// <param name="window">How much content of each response the server may send: no more is ever asked for.</param>
    public static async Task<AtOnce> Ask(int port, string[] paths, int window = 65_535)
    {
        var asked = new AtOnce();
        await asked._client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        List<byte> bytes = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, [0, 4, .. BigEndian(window)])];
        for (int i = 0; i < paths.Length; i++)
        {
            // RFC 7541, appendix A: 2 is GET, 6 http, 4 :path, 1 :authority.
            byte[] block = [0x82, 0x86, 0x04, (byte)paths[i].Length, .. Encoding.ASCII.GetBytes(paths[i]), 0x01, 1, (byte)'a'];
            bytes.AddRange(Frame(Headers, EndStream | EndHeaders, Stream(i), block));
            asked._contents.Add(Stream(i), new StringBuilder());
        }

        await asked._client.GetStream().WriteAsync(bytes.ToArray(), TestContext.Current.CancellationToken);
        return asked;
    }

    /// <summary>The content of one answer, once it is whole.</summary>
    public async Task<string> Answer(int which)
    {
        while (!_ended.Contains(Stream(which)))
        {
            await ReadFrame();
        }

        return _contents[Stream(which)].ToString();
    }

    /// <summary>The contents of all answers.</summary>
    public async Task<string[]> Answers()
    {
        var all = new string[_contents.Count];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = await Answer(i);
        }

        return all;
    }

    public void Dispose() => _client.Dispose();

    private static int Stream(int which) => (2 * which) + 1;

    private static byte[] Frame(byte type, int flags, int stream, byte[] payload) => [.. BigEndian(payload.Length)[1..], type, (byte)flags, .. BigEndian(stream), .. payload];

    private static byte[] BigEndian(int number)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private async Task ReadFrame()
    {
        byte[] header = await Read(9);
        byte[] payload = await Read((header[0] << 16) | (header[1] << 8) | header[2]);
        int stream = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5));
        switch (header[3])
        {
            case Data:
                _contents[stream].Append(Encoding.Latin1.GetString(payload));
                break;
            case Reset:
                throw new HttpRequestException($"stream {stream} was reset");
            case Settings when (header[4] & 1) == 0:
                await _client.GetStream().WriteAsync(Frame(Settings, 1, 0, []), TestContext.Current.CancellationToken);
                return;
        }

        if (header[3] is Data or Headers && (header[4] & EndStream) != 0)
        {
            _ended.Add(stream);
        }
    }

    private async Task<byte[]> Read(int count)
    {
        byte[] bytes = new byte[count];
        await _client.GetStream().ReadExactlyAsync(bytes, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        return bytes;
    }
}
