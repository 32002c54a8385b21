using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Tests.Http2;

/// <summary>A client without a network: builds frames, feeds them to a server's engine, and reads what that sends as lines of text.</summary>
public sealed class Http2Peer
{
    private readonly HpackDecoder _decoder = new(4096);
    private readonly FieldSection _section = new();
    private readonly BufferPool _pool = new();
    private readonly byte[] _frame = new byte[1 << 20];
    private int _read;
    private int _dataBytes;

    public Http2Peer(Action<TestHost, Exchange>? starter = null, HttpLimits? limits = null, bool isSecure = true)
    {
        TestHost host = null!;
        host = new TestHost(exchange => (starter ?? Handlers.AnswerAtOnce)(host, exchange)) { IsSecure = isSecure, Limits = limits ?? HttpLimits.Default };
        Host = host.Use(new Http2ServerConnection(host, new Http2Resources()));
    }

    public TestHost Host { get; }

    public IConnectionEngine Engine => Host.Engine;

    /// <summary>A connection over which both prefaces have gone; what was sent is read.</summary>
    public static Http2Peer Open(Action<TestHost, Exchange>? starter = null, HttpLimits? limits = null, params Setting[] settings)
    {
        var peer = new Http2Peer(starter, limits);
        peer.Feed(Http2Preface.Client);
        peer.Settings(settings);
        peer.SettingsAck();
        peer.Frames();
        return peer;
    }

    public void Feed(ReadOnlySpan<byte> bytes) => Host.Feed(bytes);

    public void Settings(params Setting[] settings) => Feed(_frame.AsSpan(0, FrameWriter.WriteSettings(_frame, settings)));

    public void SettingsAck() => Feed(_frame.AsSpan(0, FrameWriter.WriteSettingsAck(_frame)));

    public void Ping(ulong opaque = 1, bool isAck = false) => Feed(_frame.AsSpan(0, FrameWriter.WritePing(_frame, new PingFrame(isAck, opaque))));

    public void Reset(int streamId, ErrorCode code = ErrorCode.Cancel) => Feed(_frame.AsSpan(0, FrameWriter.WriteRstStream(_frame, streamId, code)));

    public void WindowUpdate(int streamId, int increment) => Feed(_frame.AsSpan(0, FrameWriter.WriteWindowUpdate(_frame, streamId, increment)));

    public void Data(int streamId, string content, bool ends = false) =>
        Feed(_frame.AsSpan(0, FrameWriter.WriteData(_frame, streamId, Encoding.Latin1.GetBytes(content), ends)));

    public void GoAway(int last = 0, ErrorCode code = ErrorCode.NoError) => Feed(_frame.AsSpan(0, FrameWriter.WriteGoAway(_frame, last, code)));

    public void Raw(FrameType type, FrameFlags flags, int streamId, params byte[] payload)
    {
        int at = FrameWriter.WriteHeader(_frame, payload.Length, type, flags, streamId);
        payload.CopyTo(_frame, at);
        Feed(_frame.AsSpan(0, at + payload.Length));
    }

    /// <summary>A GET of a path, complete.</summary>
    public void Get(int streamId, string path = "/", params (string Name, string Value)[] fields) => Request(streamId, true, [.. Pseudo("GET", path), .. fields]);

    /// <summary>A POST whose content is to follow.</summary>
    public void Post(int streamId, string path = "/", params (string Name, string Value)[] fields) => Request(streamId, false, [.. Pseudo("POST", path), .. fields]);

    public static (string Name, string Value)[] Pseudo(string method, string path) =>
        [(":method", method), (":scheme", "https"), (":authority", "example.org"), (":path", path)];

    /// <summary>Any header section.</summary>
    public void Request(int streamId, bool ends, params (string Name, string Value)[] fields) =>
        Feed(_frame.AsSpan(0, FrameWriter.WriteHeaders(_frame, streamId, Encode(fields), ends, FrameHeader.DefaultMaximumLength)));

    /// <summary>A block of literals that are not indexed (RFC 7541 section 6.2.2), without Huffman: any bytes, even such as no encoder would write.</summary>
    public static byte[] Encode(params (string Name, string Value)[] fields)
    {
        var block = new List<byte>();
        foreach ((string name, string value) in fields)
        {
            block.Add(0);
            AddString(block, name);
            AddString(block, value);
        }

        return [.. block];
    }

    private static void AddString(List<byte> block, string text)
    {
        int length = text.Length;
        block.Add((byte)Math.Min(length, 127));
        for (length -= 127; length >= 0; length = length < 128 ? -1 : length >> 7)
        {
            block.Add((byte)(length < 128 ? length : length | 0x80));
        }

        block.AddRange(Encoding.Latin1.GetBytes(text));
    }

    /// <summary>The frames that came since the last call, a line each.</summary>
    public IReadOnlyList<string> Frames()
    {
        var lines = new List<string>();
        while (FrameHeader.TryRead(Host.SentBytes[_read..], out FrameHeader header))
        {
            ReadOnlySpan<byte> payload = Host.SentBytes.Slice(_read + FrameHeader.Size, header.Length);
            lines.Add(Line(header, payload));
            _read += FrameHeader.Size + header.Length;
        }

        Assert.Equal(Host.SentBytes.Length, _read);
        return lines;
    }

    /// <summary>The content in the frames that were read, since the last call.</summary>
    public int TakeDataBytes()
    {
        int bytes = _dataBytes;
        _dataBytes = 0;
        return bytes;
    }

    /// <summary>The same without WINDOW_UPDATE, PING and SETTINGS.</summary>
    public IReadOnlyList<string> Answers() => [.. Frames().Where(line => !line.StartsWith("WINDOW", StringComparison.Ordinal)
        && !line.StartsWith("PING", StringComparison.Ordinal) && !line.StartsWith("SETTINGS", StringComparison.Ordinal))];

    private string Line(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        string end = header.Type is FrameType.Data or FrameType.Headers && header.Has(FrameFlags.EndStream) ? " end" : "";
        switch (header.Type)
        {
            case FrameType.Data:
                _dataBytes += payload.Length;
                return $"DATA {header.StreamId}{end} {(payload.Length <= 64 ? Encoding.Latin1.GetString(payload) : $"({payload.Length})")}".TrimEnd();
            case FrameType.Headers:
                Assert.True(header.Has(FrameFlags.EndHeaders));
                return $"HEADERS {header.StreamId}{end} {Decode(payload)}";
            case FrameType.PushPromise:
                PushPromiseFrame.Read(header, payload, out PushPromiseFrame promise);
                return $"PUSH_PROMISE {header.StreamId} {promise.PromisedStreamId} {Decode(promise.Fragment)}";
            case FrameType.RstStream:
                RstStreamFrame.Read(header, payload, out RstStreamFrame reset);
                return $"RST_STREAM {header.StreamId} {reset.Code}";
            case FrameType.GoAway:
                GoAwayFrame.Read(header, payload, out GoAwayFrame away);
                return $"GOAWAY {away.LastStreamId} {away.Code}";
            case FrameType.WindowUpdate:
                WindowUpdateFrame.Read(header, payload, out WindowUpdateFrame update);
                return $"WINDOW_UPDATE {header.StreamId} {update.Increment}";
            case FrameType.Ping:
                PingFrame.Read(header, payload, out PingFrame ping);
                return $"PING{(ping.IsAck ? " ack" : "")} {ping.Opaque}";
            case FrameType.Settings:
                return header.Has(FrameFlags.Ack) ? "SETTINGS ack" : $"SETTINGS {payload.Length / Setting.Size}";
            default:
                return $"{header.Type} {header.StreamId}";
        }
    }

    private string Decode(ReadOnlySpan<byte> block)
    {
        _section.Begin(_pool, new FieldLimits(0, int.MaxValue));
        Assert.Equal(EndReason.None, _decoder.Decode(block, _section));
        string status = _section.Has(PseudoField.Status) ? Encoding.Latin1.GetString(_section.At(_section.Status)) : Encoding.Latin1.GetString(_section.At(_section.Path));
        var text = new StringBuilder(status);
        foreach (ref readonly FieldEntry field in _section.Fields)
        {
            string name = Encoding.Latin1.GetString(_section.At(field.Name));
            if (name is not ("server" or "date"))
            {
                text.Append($" {name}={Encoding.Latin1.GetString(_section.At(field.Value))}");
            }
        }

        _section.Release(_pool);
        return text.ToString();
    }
}
