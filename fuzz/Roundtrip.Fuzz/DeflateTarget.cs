using System.IO.Compression;
using Roundtrip.Core;
using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Deflate;

namespace Roundtrip.Fuzz;

/// <summary>
/// Compressed messages. The first byte says how many bytes are the first message's and how wide the window is. The rest is once what somebody claims to be DEFLATE, of which zlib must make the same
/// where it makes anything; and once content, which comes back as it was, through zlib too.
/// </summary>
public static class DeflateTarget
{
    private const int Limit = 64 * 1024;

    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2)
        {
            return;
        }

        Inflate(input[1..]);
        int cut = Math.Min(input[0], input.Length - 1);
        RoundTrip(input.Slice(1, cut), input[(1 + cut)..], 8 + (input[0] & 7));
    }

    private static void Inflate(ReadOnlySpan<byte> payload)
    {
        using var reader = new Side(WebSocketRole.Client, new DeflateParameters(true, true));
        byte[] frame = new byte[payload.Length + 4];
        int size = Http.WebSocket.Frames.FrameHeader.Write(frame, 0xc2, payload.Length);
        if (payload.Length > 0xffff)
        {
            return;
        }

        payload.CopyTo(frame.AsSpan(size));
        byte[]? ours = reader.Read(frame.AsSpan(0, size + payload.Length));
        byte[]? zlibs = Unzlib([.. payload, 0, 0, 0xff, 0xff], Limit);

        // zlib stops at a last block and does not look behind it, and does not tell a cut end from a whole one: what we take it takes.
        Require(ours is null || (zlibs is not null && ours.AsSpan().StartsWith(zlibs)), "zlib reads it as something else.");
    }

    private static void RoundTrip(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, int bits)
    {
        var parameters = new DeflateParameters(false, false, bits, bits);
        using var server = new Side(WebSocketRole.Server, parameters);
        using var client = new Side(WebSocketRole.Client, parameters);
        foreach (byte[] message in new[] { first.ToArray(), second.ToArray(), first.ToArray() })
        {
            byte[] sent = server.Send(message);
            Require(client.Read(sent) is { } received && received.AsSpan().SequenceEqual(message), "A message came back as another.");
        }

        // The last byte of the first frame's header is that of its length.
        using var alone = new Side(WebSocketRole.Server, new DeflateParameters(true, true));
        byte[] frame = alone.Send(second.ToArray());
        Require(Http.WebSocket.Frames.FrameHeader.TryRead(frame, out Http.WebSocket.Frames.FrameHeader header), "half a frame");
        Require(!header.IsCompressed || (Unzlib([.. frame[header.Size..], 0, 0, 0xff, 0xff], Limit * 16) is { } again && again.AsSpan().SequenceEqual(second)), "zlib does not read what we wrote.");
    }

    private static byte[]? Unzlib(byte[] payload, int limit)
    {
        try
        {
            using var inflate = new DeflateStream(new MemoryStream(payload), CompressionMode.Decompress);
            byte[] content = new byte[limit];
            return content[..inflate.ReadAtLeast(content, limit, throwOnEndOfStream: false)];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    private sealed class Side : IDisposable
    {
        private readonly BufferPool _pool = new();
        private readonly WebSocketConnection _socket;

        public Side(WebSocketRole role, DeflateParameters parameters) =>
            _socket = new WebSocketConnection(role, WebSocketLimits.Default with { Message = Limit }, new WebSocketResources(_pool), 0, parameters, () => 7);

        public byte[] Send(byte[] message)
        {
            _socket.SendBinary(message);
            byte[] sent = new byte[(int)_socket.Output.Length];
            _socket.Output.Read(sent);
            return sent;
        }

        public byte[]? Read(ReadOnlySpan<byte> frame)
        {
            _socket.Receive(0, frame);
            byte[]? content = null;
            while (_socket.TryReadEvent(out WebSocketEvent what))
            {
                content = what.Kind == WebSocketEventKind.Binary ? what.Data.ToArray() : content;
            }

            return content;
        }

        public void Dispose()
        {
            _socket.Release();
            Require(_pool.Outstanding == 0, "A buffer was not returned.");
        }
    }
}
