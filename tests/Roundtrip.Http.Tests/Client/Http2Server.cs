using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Http2.Hpack;
using Roundtrip.Http.Tests.Http2;

namespace Roundtrip.Http.Tests.Client;

/// <summary>A server without a network: builds frames, feeds them to a client's engine, and reads what that sends as lines of text.</summary>
public sealed class Http2Server
{
    private readonly HpackDecoder _decoder = new();
    private readonly FieldSection _section = new();
    private readonly BufferPool _pool = new();
    private readonly byte[] _frame = new byte[1 << 20];
    private int _read = Http2Preface.Client.Length;

    public Http2Server(bool acceptsPush = false, HttpLimits? limits = null)
    {
        Host = new TestHost(_ => { }) { Limits = limits ?? HttpLimits.Default };
        Host.Use(new Http2ClientConnection(Host, new Http2Resources(), acceptsPush));
        Host.Send();
    }

    public TestHost Host { get; }

    public Http2ClientConnection Engine => (Http2ClientConnection)Host.Engine;

    /// <summary>A connection over which both prefaces have gone; what was sent is read.</summary>
    public static Http2Server Open(bool acceptsPush = false, HttpLimits? limits = null, params Setting[] settings)
    {
        var server = new Http2Server(acceptsPush, limits);
        server.Settings(settings);
        server.Raw(FrameType.Settings, FrameFlags.Ack, 0);
        server.Frames();
        return server;
    }

    public RecordingHandler Get(string method = "GET", RecordingHandler? handler = null)
    {
        handler ??= new RecordingHandler();
        Start(handler, method);
        return handler;
    }

    public ClientExchange Start(RecordingHandler handler, string method = "GET")
    {
        ClientExchange exchange = Engine.Start(new ClientRequest(method, "https", "example.org", "/", FieldBlock.Create(("Connection", "close"), ("A", "b"))), handler);
        Host.Send();
        return exchange;
    }

    public ClientExchange Post(RecordingHandler handler, long length)
    {
        ClientExchange exchange = Engine.Start(new ClientRequest("POST", "https", "example.org", "/", FieldBlock.Empty, length), handler);
        Host.Send();
        return exchange;
    }

    public void Settings(params Setting[] settings) => Feed(FrameWriter.WriteSettings(_frame, settings));

    public void Headers(int streamId, bool ends, params (string Name, string Value)[] fields) =>
        Feed(FrameWriter.WriteHeaders(_frame, streamId, Http2Peer.Encode(fields), ends, FrameHeader.DefaultMaximumLength));

    public void Promise(int streamId, int promised, params (string Name, string Value)[] fields) =>
        Feed(FrameWriter.WritePushPromise(_frame, streamId, promised, Http2Peer.Encode(fields), FrameHeader.DefaultMaximumLength));

    public void Data(int streamId, string content, bool ends = false) => Feed(FrameWriter.WriteData(_frame, streamId, Encoding.Latin1.GetBytes(content), ends));

    public void Reset(int streamId, ErrorCode code) => Feed(FrameWriter.WriteRstStream(_frame, streamId, code));

    public void GoAway(int last, ErrorCode code = ErrorCode.NoError) => Feed(FrameWriter.WriteGoAway(_frame, last, code));

    public void Raw(FrameType type, FrameFlags flags, int streamId, params byte[] payload)
    {
        int at = FrameWriter.WriteHeader(_frame, payload.Length, type, flags, streamId);
        payload.CopyTo(_frame, at);
        Feed(at + payload.Length);
    }

    /// <summary>What WINDOW_UPDATE has given a stream so far.</summary>
    public long WindowGiven(int streamId)
    {
        Host.Send();
        long given = 0;
        for (int at = Http2Preface.Client.Length; FrameHeader.TryRead(Host.SentBytes[at..], out FrameHeader header); at += FrameHeader.Size + header.Length)
        {
            if (header.Type == FrameType.WindowUpdate && header.StreamId == streamId)
            {
                WindowUpdateFrame.Read(header, Host.SentBytes.Slice(at + FrameHeader.Size, header.Length), out WindowUpdateFrame frame);
                given += frame.Increment;
            }
        }

        return given;
    }

    /// <summary>The frames that came since the last call, a line each, without WINDOW_UPDATE and SETTINGS.</summary>
    public string Frames()
    {
        Host.Send();
        var lines = new List<string>();
        while (FrameHeader.TryRead(Host.SentBytes[_read..], out FrameHeader header))
        {
            ReadOnlySpan<byte> payload = Host.SentBytes.Slice(_read + FrameHeader.Size, header.Length);
            _read += FrameHeader.Size + header.Length;
            string end = header.Type is FrameType.Data or FrameType.Headers && header.Has(FrameFlags.EndStream) ? " end" : "";
            switch (header.Type)
            {
                case FrameType.Data:
                    lines.Add($"DATA {header.StreamId}{end} {payload.Length}");
                    break;
                case FrameType.Headers:
                    lines.Add($"HEADERS {header.StreamId}{end} {Decode(payload)}");
                    break;
                case FrameType.RstStream:
                    RstStreamFrame.Read(header, payload, out RstStreamFrame reset);
                    lines.Add($"RST_STREAM {header.StreamId} {reset.Code}");
                    break;
                case FrameType.GoAway:
                    GoAwayFrame.Read(header, payload, out GoAwayFrame away);
                    lines.Add($"GOAWAY {away.LastStreamId} {away.Code}");
                    break;
            }
        }

        return string.Join('\n', lines);
    }

    private void Feed(int length) => Host.Feed(_frame.AsSpan(0, length));

    private string Decode(ReadOnlySpan<byte> block)
    {
        _section.Begin(_pool, new FieldLimits(0, int.MaxValue));
        Assert.Equal(EndReason.None, _decoder.Decode(block, _section));
        string text = string.Join(' ', ((Slice[])[_section.MethodName, _section.Scheme, _section.Authority, _section.Path]).Select(TextOf));
        text += _section.Has(PseudoField.Protocol) ? $" :protocol={TextOf(_section.Protocol)}" : "";
        foreach (FieldEntry field in _section.Fields.ToArray())
        {
            text += $" {TextOf(field.Name)}={TextOf(field.Value)}";
        }

        _section.Release(_pool);
        return text;
    }

    private string TextOf(Slice slice) => TestHost.Latin1(_section.At(slice));
}
