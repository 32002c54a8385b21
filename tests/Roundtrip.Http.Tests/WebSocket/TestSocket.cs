using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Deflate;

namespace Roundtrip.Http.Tests.WebSocket;

/// <summary>One side of a WebSocket, fed by a test, and what it told and sent.</summary>
internal sealed class TestSocket
{
    private readonly BufferPool _pool = new();
    private readonly List<byte> _sent = [];
    private uint _mask;

    public TestSocket(WebSocketLimits? limits = null, DeflateParameters? deflate = null, WebSocketRole role = WebSocketRole.Server)
    {
        Resources = new WebSocketResources(_pool);
        Connection = new WebSocketConnection(role, limits ?? WebSocketLimits.Default, Resources, 0, deflate, role == WebSocketRole.Client ? () => _mask += 0x01020305 : null);
    }

    public WebSocketResources Resources { get; }

    public WebSocketConnection Connection { get; }

    public List<string> Events { get; } = [];

    public long Now { get; set; }

    public int Outstanding => _pool.Outstanding;

    /// <summary>All that was sent.</summary>
    public byte[] Sent
    {
        get
        {
            byte[] piece = new byte[4096];
            for (int count; (count = Connection.Output.Read(piece)) > 0;)
            {
                _sent.AddRange(piece.AsSpan(0, count));
            }

            return [.. _sent];
        }
    }

    public string SentFrames => Frame.Describe(Sent);

    /// <summary>What was sent since the last look.</summary>
    public byte[] TakeSent()
    {
        byte[] sent = Sent;
        _sent.Clear();
        return sent;
    }

    public TestSocket Feed(params ReadOnlySpan<byte[]> pieces)
    {
        foreach (byte[] piece in pieces)
        {
            for (int at = 0; at < piece.Length; at += 64 * 1024)
            {
                Connection.Receive(Now, piece.AsSpan(at, Math.Min(piece.Length - at, 64 * 1024)));
                Read();
            }
        }

        return this;
    }

    public void End()
    {
        Connection.ReceiveEnd(Now);
        Read();
    }

    public void Advance(long milliseconds)
    {
        Now += milliseconds;
        Connection.OnDeadline(Now);
        Read();
    }

    public void Read()
    {
        while (Connection.TryReadEvent(out WebSocketEvent what))
        {
            string data = what.Data.Length > 200 ? $"[{what.Data.Length}]" : Encoding.Latin1.GetString(what.Data);
            Events.Add(what.Kind switch
            {
                WebSocketEventKind.Closed => $"closed {what.Code} {data} {(what.Error.IsError ? $"{what.Error.Reason} {what.Error.Code}" : "")}".TrimEnd(),
                _ => $"{what.Kind} {data}".TrimEnd(),
            });
        }
    }
}
