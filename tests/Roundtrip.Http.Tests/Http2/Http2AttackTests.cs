using System.Buffers.Binary;
using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2;

/// <summary>Attacks in the form in which they were told (docs/threats.md, HTTP/2), beside the budgets that <see cref="Http2FloodTests"/> holds.</summary>
public class Http2AttackTests
{
    private const int Million = 1_000_000;

    private static readonly HttpLimits WithoutBudgets =
        HttpLimits.Default with { Http2 = Http2Limits.Default with { Floods = [.. Http2Limits.Default.Floods.Select(_ => new FloodLimit(0, 1))] } };

    public static TheoryData<FloodKind> Kinds() => [.. Enum.GetValues<FloodKind>()];

    public static TheoryData<string, bool> Provocations()
    {
        var all = new TheoryData<string, bool>();
        foreach (string what in (string[])["malformed", "zero WINDOW_UPDATE", "window overflow", "DATA on half-closed", "HEADERS on half-closed", "short PRIORITY", "depends on itself", "longer than announced"])
        {
            all.Add(what, false);
            all.Add(what, true);
        }

        return all;
    }

    // With no budget to end it: what comes at the pace that a budget allows comes for ever, and must not leave anything behind either.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_million_of_each_leave_no_memory_behind(FloodKind kind)
    {
        const int Batch = 1000;
        var inner = new TestHost(_ => { }) { Limits = WithoutBudgets };
        var quiet = new QuietHost(inner, static _ => { }) { IsSecure = true, TakesReports = true };
        quiet.Use(new Http2ServerConnection(quiet, new Http2Resources()));
        byte[] frame = new byte[1024];
        quiet.Serve(Http2Preface.Client);
        quiet.Serve(frame.AsSpan(0, FrameWriter.WriteSettings(frame)));
        quiet.Serve(frame.AsSpan(0, FrameWriter.WriteSettingsAck(frame)));
        quiet.Serve(frame.AsSpan(0, FrameWriter.WriteHeaders(frame, 1, Http2Peer.Encode(Http2Peer.Pseudo("POST", "/")), false, FrameHeader.DefaultMaximumLength)));
        byte[] unit = Unit(kind, frame);
        byte[] batch = [.. Enumerable.Repeat(unit, Batch).SelectMany(bytes => bytes)];
        int next = 3;
        Serve();
        int buffers = inner.Buffers.Outstanding;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int sent = Batch; sent < Million; sent += Batch)
        {
            Serve();
        }

        Assert.Equal(ConnectionClose.None, quiet.Engine.Closing);
        Assert.Equal(buffers, inner.Buffers.Outstanding);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 256 * 1024);

        void Serve()
        {
            Number(batch, ref next, kind is FloodKind.Resets or FloodKind.ProvokedResets);
            quiet.Serve(batch);
        }
    }

    [Theory]
    [MemberData(nameof(Provocations))]
    public void Whatever_makes_us_reset_a_stream_spends_one_budget_before_the_clients_GOAWAY_and_after(string what, bool hasLeft)
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        if (hasLeft)
        {
            peer.Get(1);
            peer.GoAway();
        }

        int sent = 0;
        while (sent < 10_000 && peer.Engine.Closing == ConnectionClose.None)
        {
            Provoke(peer, what, 3 + (2 * sent++));
        }

        Assert.Equal(EndReason.ProvokedResetFlood, peer.Engine.ClosingReason);
        Assert.InRange(sent, 1, Http2Limits.Default.Floods[(int)FloodKind.ProvokedResets].Burst + 2);
        Assert.EndsWith("EnhanceYourCalm", peer.Answers().Last(line => line.StartsWith("GOAWAY", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Header_bombs_on_windows_that_never_open_hold_a_bounded_memory_for_a_bounded_time()
    {
        byte[] content = GC.AllocateArray<byte>(100_000, pinned: true);
        Http2Peer peer = Http2Peer.Open(
            (_, exchange) =>
            {
                exchange.Respond(200, FieldBlock.Empty, content.Length);
                exchange.WriteShared(content, 0, content.Length);
                exchange.Complete();
            },
            null,
            new Setting(SettingsParameter.InitialWindowSize, 0));

        // One entry of 3,900 bytes, and 16 references of a byte to it: 64 bytes that become nearly the largest head there may be.
        byte[] first = [.. Http2Peer.Encode(Http2Peer.Pseudo("GET", "/")), 0x40, 1, (byte)'a', 0x7F, 0xBD, 0x1D, .. Enumerable.Repeat((byte)'x', 3900)];
        byte[] again = [.. Http2Peer.Encode(Http2Peer.Pseudo("GET", "/")), .. Enumerable.Repeat((byte)(0x80 | 62), 16)];
        peer.Raw(FrameType.Headers, FrameFlags.EndStream | FrameFlags.EndHeaders, 1, first);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int streams = Http2Limits.Default.MaxSessionStreams;
        for (int i = 1; i < streams + 100; i++)
        {
            peer.Raw(FrameType.Headers, FrameFlags.EndStream | FrameFlags.EndHeaders, 1 + (2 * i), again);
        }

        Assert.Equal(streams, peer.Answers().Count(line => line.StartsWith("HEADERS ", StringComparison.Ordinal)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, streams * (HttpLimits.Default.RequestHead + (16 * 1024)));

        // The drip: a byte for each stream every two seconds.
        for (int second = 0; second < 2 * HttpLimits.Default.Timeout / 1000 && peer.Engine.Closing == ConnectionClose.None; second += 2)
        {
            peer.Host.Advance(2000);
            peer.Ping((ulong)second);
            for (int i = 0; i < streams && peer.Engine.Closing == ConnectionClose.None; i++)
            {
                peer.WindowUpdate(1 + (2 * i), 1);
            }
        }

        Assert.Equal(streams, peer.Host.Events.Count(line => line.StartsWith("end GET 200", StringComparison.Ordinal)));
        Assert.Equal(0, peer.Host.Buffers.Outstanding);
    }

    [Theory]
    [InlineData(":method", "GET")]
    [InlineData(":scheme", "https")]
    [InlineData(":authority", "example.org")]
    [InlineData(":path", "/")]
    [InlineData(":protocol", "websocket")]
    [InlineData("cookie", "a=b")]
    [InlineData("x-field", "value")]
    public void What_ends_a_line_of_HTTP_1_is_malformed_in_every_field_at_every_place(string name, string value)
    {
        foreach (char end in "\r\n\0")
        {
            for (int at = 0; at <= value.Length; at++)
            {
                var fields = Http2Peer.Pseudo(name == ":protocol" ? "CONNECT" : "GET", "/").ToDictionary(field => field.Name, field => field.Value);
                fields[name] = value.Insert(at, end.ToString());
                Http2Peer peer = Http2Peer.Open();
                peer.Request(1, true, [.. fields.OrderBy(field => field.Key[0] == ':' ? 0 : 1).Select(field => (field.Key, field.Value))]);

                Assert.Equal(["RST_STREAM 1 ProtocolError"], peer.Answers());
                Assert.DoesNotContain(peer.Host.Events, line => line.StartsWith("start", StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("x\r")]
    [InlineData("x\n")]
    [InlineData("x\0")]
    [InlineData("x:")]
    [InlineData("transfer-encoding\t")]
    [InlineData("\u00E9")]
    public void A_name_that_HTTP_1_would_read_as_another_one_or_none_is_malformed(string name)
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Request(1, true, [.. Http2Peer.Pseudo("GET", "/"), (name, "1")]);
        peer.Get(3);

        Assert.Equal(["RST_STREAM 1 ProtocolError", "HEADERS 3 200 content-length=2", "DATA 3 end ok"], peer.Answers());
    }

    private static byte[] Unit(FloodKind kind, byte[] frame) => frame[..(kind switch
    {
        FloodKind.Settings => FrameWriter.WriteSettings(frame),
        FloodKind.Ping => FrameWriter.WritePing(frame, new PingFrame(false, 1)),
        FloodKind.Priority => Write(frame, FrameType.Priority, 5, 0, 0, 0, 1, 15),
        FloodKind.EmptyFrames => FrameWriter.WriteData(frame, 1, [], false),

        // Padding is given back at once, although nobody reads: otherwise the window ends it.
        FloodKind.SmallData => Padded(frame),
        FloodKind.WindowUpdates => FrameWriter.WriteWindowUpdate(frame, 0, 1),
        FloodKind.Resets => Pair(frame),
        FloodKind.ProvokedResets => FrameWriter.WriteHeaders(frame, 1, Http2Peer.Encode((":method", "GET")), true, FrameHeader.DefaultMaximumLength),
        _ => Write(frame, (FrameType)0xEE, 0),
    })];

    private static int Padded(byte[] frame)
    {
        FrameWriter.WriteHeader(frame, 3, FrameType.Data, FrameFlags.Padded, 1);
        ((ReadOnlySpan<byte>)[2, 0, 0]).CopyTo(frame.AsSpan(FrameHeader.Size));
        return FrameHeader.Size + 3;
    }

    private static int Pair(byte[] frame)
    {
        int length = FrameWriter.WriteHeaders(frame, 1, Http2Peer.Encode(Http2Peer.Pseudo("GET", "/")), true, FrameHeader.DefaultMaximumLength);
        return length + FrameWriter.WriteRstStream(frame.AsSpan(length), 1, ErrorCode.Cancel);
    }

    private static int Write(byte[] frame, FrameType type, int streamId, params byte[] payload)
    {
        int at = FrameWriter.WriteHeader(frame, payload.Length, type, FrameFlags.None, streamId);
        payload.CopyTo(frame, at);
        return at + payload.Length;
    }

    // A stream of its own for each request, and for the reset behind it.
    private static void Number(byte[] batch, ref int next, bool isNumbered)
    {
        if (!isNumbered)
        {
            return;
        }

        next -= 2;
        for (int at = 0; at < batch.Length;)
        {
            FrameHeader.TryRead(batch.AsSpan(at), out FrameHeader header);
            next += header.Type == FrameType.Headers ? 2 : 0;
            BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(at + 5), next);
            at += FrameHeader.Size + header.Length;
        }

        next += 2;
    }

    private static void Provoke(Http2Peer peer, string what, int stream)
    {
        switch (what)
        {
            case "malformed":
                peer.Request(stream, true, (":method", "GET"));
                break;
            case "zero WINDOW_UPDATE":
                peer.Get(stream);
                peer.Raw(FrameType.WindowUpdate, FrameFlags.None, stream, 0, 0, 0, 0);
                break;
            case "window overflow":
                peer.Get(stream);
                peer.WindowUpdate(stream, int.MaxValue);
                break;
            case "DATA on half-closed":
                peer.Get(stream);
                peer.Data(stream, "late");
                break;
            case "HEADERS on half-closed":
                peer.Get(stream);
                peer.Request(stream, true, ("x-late", "1"));
                break;
            case "short PRIORITY":
                peer.Get(stream);
                peer.Raw(FrameType.Priority, FrameFlags.None, stream, 0, 0, 0, 15);
                break;
            case "depends on itself":
                peer.Get(stream);
                peer.Raw(FrameType.Priority, FrameFlags.None, stream, 0, 0, (byte)(stream >> 8), (byte)stream, 15);
                break;
            default:
                peer.Post(stream, "/", ("content-length", "1"));
                peer.Data(stream, "longer");
                break;
        }
    }
}
