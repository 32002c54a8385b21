using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2;

/// <summary>RFC 9113 section 8: what makes a request, and what makes it none.</summary>
public class Http2RequestTests
{
    /// <summary>Sections that are malformed, each with the reason.</summary>
    public static TheoryData<EndReason, string[]> Malformed() => new()
    {
        { EndReason.MissingPseudoField, [":scheme: https", ":authority: a", ":path: /"] },
        { EndReason.MissingPseudoField, [":method: GET", ":authority: a", ":path: /"] },
        { EndReason.MissingPseudoField, [":method: GET", ":scheme: https", ":authority: a"] },
        { EndReason.MissingPseudoField, [":method: GET", ":scheme: https", ":authority: a", ":path: "] },
        { EndReason.MisplacedPseudoField, [":method: GET", ":scheme: https", ":authority: a", ":path: /", ":status: 200"] },
        { EndReason.MisplacedPseudoField, [":method: GET", ":scheme: https", ":authority: a", ":path: /", ":protocol: websocket"] },
        { EndReason.MisplacedPseudoField, [":method: CONNECT", ":authority: a:1", ":path: /"] },
        { EndReason.MissingPseudoField, [":method: CONNECT", ":authority: a", ":path: /", ":protocol: websocket"] },
        { EndReason.MissingPseudoField, [":method: CONNECT", ":scheme: https", ":authority: a", ":protocol: websocket"] },
        { EndReason.DuplicatePseudoField, [":method: CONNECT", ":scheme: https", ":authority: a", ":path: /", ":protocol: websocket", ":protocol: websocket"] },
        { EndReason.InvalidFieldValue, [":method: CONNECT", ":scheme: https", ":authority: a", ":path: /", ":protocol: "] },
        { EndReason.InvalidFieldValue, [":method: CONNECT", ":scheme: https", ":authority: a", ":path: /", ":protocol: a b"] },
        { EndReason.ConnectionSpecificField, [":method: CONNECT", ":scheme: https", ":authority: a", ":path: /", ":protocol: websocket", "upgrade: websocket"] },
        { EndReason.ContentLengthMismatch, [":method: CONNECT", ":scheme: https", ":authority: a", ":path: /", ":protocol: websocket", "content-length: 1"] },
        { EndReason.DuplicatePseudoField, [":method: GET", ":method: GET", ":scheme: https", ":authority: a", ":path: /"] },
        { EndReason.UnknownPseudoField, [":method: GET", ":scheme: https", ":authority: a", ":path: /", ":x: 1"] },
        { EndReason.PseudoFieldAfterField, [":method: GET", ":scheme: https", "a: b", ":authority: a", ":path: /"] },
        { EndReason.UppercaseFieldName, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "Accept: a"] },
        { EndReason.InvalidFieldName, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "a b: c"] },
        { EndReason.InvalidFieldValue, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "a: b\rc"] },
        { EndReason.InvalidFieldValue, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "a: b\nc"] },
        { EndReason.InvalidFieldValue, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "a: b\0c"] },
        { EndReason.InvalidFieldValue, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "a:  b"] },
        { EndReason.InvalidFieldValue, [":method: GET", ":scheme: https", ":authority: a", ":path: /\r\nx"] },
        { EndReason.InvalidFieldValue, [":method: G\nT", ":scheme: https", ":authority: a", ":path: /"] },
        { EndReason.InvalidFieldValue, [":method: GET", ":scheme: https", ":authority: a\0", ":path: /"] },
        { EndReason.ConnectionSpecificField, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "connection: close"] },
        { EndReason.ConnectionSpecificField, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "keep-alive: 1"] },
        { EndReason.ConnectionSpecificField, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "proxy-connection: close"] },
        { EndReason.ConnectionSpecificField, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "upgrade: h2c"] },
        { EndReason.ConnectionSpecificField, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "transfer-encoding: chunked"] },
        { EndReason.ConnectionSpecificField, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "te: gzip"] },
        { EndReason.DifferingAuthority, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "host: b"] },
        { EndReason.ContentLengthMismatch, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "content-length: 1"] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_malformed_request_is_a_stream_error_and_the_connection_goes_on(EndReason reason, string[] fields)
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Request(1, true, Split(fields));
        peer.Get(3);

        Assert.Equal(["RST_STREAM 1 ProtocolError", "HEADERS 3 200 content-length=2", "DATA 3 end ok"], peer.Answers());
        Assert.Contains(peer.Host.Events, line => line.StartsWith($"report {reason} ", StringComparison.Ordinal) || line.EndsWith(reason.ToString(), StringComparison.Ordinal));
    }

    /// <summary>Requests that are whole and refused, each with the status.</summary>
    public static TheoryData<int, EndReason, string[]> Refused() => new()
    {
        { 400, EndReason.MissingHost, [":method: GET", ":scheme: https", ":path: /"] },
        { 400, EndReason.InvalidHost, [":method: GET", ":scheme: https", ":authority: u@a", ":path: /"] },
        { 400, EndReason.DuplicateHost, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "host: a", "host: a"] },
        { 400, EndReason.InvalidTarget, [":method: GET", ":scheme: https", ":authority: a", ":path: x"] },
        { 400, EndReason.InvalidTarget, [":method: GET", ":scheme: https", ":authority: a", ":path: *"] },
        { 400, EndReason.InvalidTarget, [":method: GET", ":scheme: https", ":authority: a", ":path: /a#b"] },
        { 400, EndReason.InvalidTarget, [":method: GET", ":scheme: https", ":authority: a", ":path: /a b"] },
        { 400, EndReason.InvalidMethod, [":method: G T", ":scheme: https", ":authority: a", ":path: /"] },
        { 400, EndReason.InvalidContentLength, [":method: POST", ":scheme: https", ":authority: a", ":path: /", "content-length: -1"] },
        { 400, EndReason.DifferingContentLength, [":method: POST", ":scheme: https", ":authority: a", ":path: /", "content-length: 0", "content-length: 0"] },
        { 421, EndReason.MisdirectedRequest, [":method: GET", ":scheme: http", ":authority: a", ":path: /"] },
        { 421, EndReason.MisdirectedRequest, [":method: GET", ":scheme: ftp", ":authority: a", ":path: /"] },
        { 501, EndReason.ConnectNotSupported, [":method: CONNECT", ":authority: a:1"] },
        { 431, EndReason.FieldLineTooLong, [":method: GET", ":scheme: https", ":authority: a", ":path: /", "a: " + new string('b', 9000)] },
        { 414, EndReason.RequestLineTooLong, [":method: GET", ":scheme: https", ":authority: a", ":path: /" + new string('b', 9000)] },
        { 431, EndReason.TooManyFields, [":method: GET", ":scheme: https", ":authority: a", ":path: /", .. Enumerable.Range(0, 101).Select(i => $"f{i}: 1")] },
        { 431, EndReason.RequestHeadTooLarge, [":method: GET", ":scheme: https", ":authority: a", ":path: /", .. Enumerable.Range(0, 20).Select(i => $"f{i}: {new string('x', 4000)}")] },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_request_that_cannot_be_served_is_answered_and_the_connection_goes_on(int status, EndReason reason, string[] fields)
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Request(1, true, Split(fields));
        peer.Get(3);

        IReadOnlyList<string> answers = peer.Answers();
        Assert.StartsWith($"HEADERS 1 {status} ", answers[0], StringComparison.Ordinal);
        Assert.StartsWith("DATA 1 end ", answers[1], StringComparison.Ordinal);
        Assert.Equal("DATA 3 end ok", answers[^1]);
        Assert.Contains(peer.Host.Events, line => line.StartsWith($"report {reason} {status} Peer", StringComparison.Ordinal));
        Assert.Contains(peer.Host.Events, line => line.StartsWith("end ", StringComparison.Ordinal) && line.EndsWith(reason.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_request_looks_to_its_handler_like_one_of_HTTP_1()
    {
        string seen = "";
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            RequestHead request = exchange.Request;
            seen = $"{request.Method} {TestHost.Latin1(request.Path)} {TestHost.Latin1(request.Query)} {TestHost.Latin1(request.Authority)} "
                   + $"{TestHost.Latin1(request.Value(KnownField.Host))} {request.IsSecure} {request.Version} {request.ListOf("cookie")} {TestHost.Latin1(request.Value(KnownField.Accept))}";
            Handlers.AnswerAtOnce(host, exchange);
        });
        peer.Get(1, "/a?b=c", ("cookie", "a=1"), ("accept", "x/y"), ("cookie", "b=2"), ("cookie", "c=3"));

        Assert.Equal("Get /a b=c example.org example.org True Http2 a=1; b=2; c=3 x/y", seen);
    }

    [Fact]
    public void Content_comes_to_the_handler_and_its_windows_are_given_back()
    {
        Http2Peer peer = Http2Peer.Open(Handlers.Echo);
        peer.Post(1, "/", ("content-length", "10"));
        peer.Data(1, "hello");
        peer.Data(1, "world", ends: true);

        Assert.Equal(["HEADERS 1 200 content-length=20", "DATA 1 end POST / [helloworld]"], peer.Answers());
    }

    [Fact]
    public void Content_may_end_with_trailers()
    {
        Http2Peer peer = Http2Peer.Open(Handlers.Echo);
        peer.Post(1);
        peer.Data(1, "hello");
        peer.Request(1, true, ("x-checksum", "1"));

        Assert.Equal("DATA 1 end POST / [hello]", peer.Answers()[^1]);
    }

    [Theory]
    [InlineData("4", "hello")]
    [InlineData("6", "hello")]
    public void Content_of_another_length_than_was_said_is_PROTOCOL_ERROR(string length, string content)
    {
        Http2Peer peer = Http2Peer.Open(Handlers.Echo);
        peer.Post(1, "/", ("content-length", length));
        peer.Data(1, content, ends: true);

        Assert.Equal(["RST_STREAM 1 ProtocolError"], peer.Answers());
        Assert.Contains("aborted ContentLengthMismatch", peer.Host.Events);
    }

    [Fact]
    public void Data_after_end_stream_is_STREAM_CLOSED()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        peer.Get(1);
        peer.Data(1, "late");

        Assert.Equal(["RST_STREAM 1 StreamClosed"], peer.Answers());
        Assert.Contains("aborted StreamStateViolated", peer.Host.Events);
    }

    [Fact]
    public void A_header_section_after_end_stream_is_STREAM_CLOSED_and_its_table_is_kept_in_step()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        peer.Get(1);
        peer.Request(1, true, ("x-checksum", "1"));

        Assert.Equal(["RST_STREAM 1 StreamClosed"], peer.Answers());
    }

    [Theory]
    [InlineData(true, ":path", "/")]
    [InlineData(true, "X-Checksum", "1")]
    [InlineData(false, "x-checksum", "1")]
    public void Trailers_with_pseudo_fields_malformed_ones_or_without_an_end_are_PROTOCOL_ERROR(bool ends, string name, string value)
    {
        Http2Peer peer = Http2Peer.Open(Handlers.Echo);
        peer.Post(1);
        peer.Request(1, ends, (name, value));

        Assert.Equal(["RST_STREAM 1 ProtocolError"], peer.Answers());
    }

    [Fact]
    public void Data_after_our_own_reset_is_ignored_and_given_back_to_the_connection()
    {
        Http2Peer peer = Http2Peer.Open((_, exchange) =>
        {
            exchange.Respond(200, FieldBlock.Empty, 5);
            exchange.Abort(EndReason.HandlerFailed);
        });
        peer.Post(1);
        Assert.Equal(["HEADERS 1 200 content-length=5", "RST_STREAM 1 InternalError"], peer.Answers());

        // More than the connection's window, which is 256 KiB.
        for (int i = 0; i < 40; i++)
        {
            peer.Data(1, new string('x', 16_000), ends: i == 39);
        }

        Assert.Empty(peer.Answers());
        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
    }

    [Fact]
    public void Data_after_an_answer_before_its_time_is_dropped()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => exchange.Abort(EndReason.HandlerFailed));
        peer.Post(1);
        peer.Data(1, "under way");
        peer.Data(1, "and more", ends: true);
        peer.Get(3);

        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
        Assert.StartsWith("HEADERS 1 500", peer.Answers()[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Data_after_both_ends_are_done_ends_the_connection()
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Get(1);
        peer.Data(1, "late");

        Assert.Equal("GOAWAY 1 StreamClosed", peer.Answers()[^1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_response_before_the_end_of_its_request_asks_for_no_more_of_it_when_it_has_been_read(bool goesOn)
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Post(1);
        Assert.Equal(["HEADERS 1 200 content-length=2", "DATA 1 end ok"], peer.Answers());
        if (goesOn)
        {
            for (int i = 0; i < 5; i++)
            {
                peer.Data(1, new string('x', 16_000));
            }
        }
        else
        {
            peer.Host.Advance(2000);
        }

        Assert.Equal(["RST_STREAM 1 NoError"], peer.Answers());
        Assert.Contains("end POST 200 2 Completed", peer.Host.Events);
        peer.Host.End(EndReason.PeerClosed);
        Assert.Equal(0, peer.Host.Buffers.Outstanding);
    }

    [Fact]
    public void A_request_that_ends_shortly_after_its_response_needs_no_reset()
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Post(1);
        peer.Post(3);
        peer.Data(1, "rest", ends: true);
        peer.Request(3, true, ("x-checksum", "1"));

        Assert.DoesNotContain(peer.Answers(), line => line.StartsWith("RST", StringComparison.Ordinal));
        Assert.Equal(2, peer.Host.Events.Count(line => line == "end POST 200 2 Completed"));
    }

    [Fact]
    public void A_client_that_waits_for_100_gets_it_when_its_content_is_wanted()
    {
        Http2Peer peer = Http2Peer.Open(Handlers.Echo);
        peer.Post(1, "/", ("expect", "100-continue"));
        Assert.Equal(["HEADERS 1 100"], peer.Answers());
        peer.Data(1, "x", ends: true);
        Assert.Equal("DATA 1 end POST / [x]", peer.Answers()[^1]);
    }

    [Fact]
    public void More_content_than_LimitRequestBody_is_413()
    {
        Http2Peer peer = Http2Peer.Open(Handlers.Echo, HttpLimits.Default with { RequestBody = 10 });
        peer.Post(1, "/", ("content-length", "11"));
        peer.Post(3);
        peer.Data(3, "hello world");

        IReadOnlyList<string> answers = peer.Answers();
        Assert.Contains(answers, line => line.StartsWith("HEADERS 1 413", StringComparison.Ordinal));
        Assert.Contains(answers, line => line.StartsWith("HEADERS 3 413", StringComparison.Ordinal));
        Assert.Contains("aborted RequestBodyTooLarge", peer.Host.Events);
    }

    [Fact]
    public void A_body_that_stops_coming_is_408_and_its_neighbours_live_on()
    {
        Http2Peer peer = Http2Peer.Open(Handlers.Echo);
        peer.Post(1);
        while (peer.Host.Now < 1_000_000 + 20_000)
        {
            peer.Host.Advance(5000);
            peer.Ping();
        }

        peer.Get(3);
        IReadOnlyList<string> answers = peer.Answers();
        Assert.StartsWith("HEADERS 1 408", answers[0], StringComparison.Ordinal);
        Assert.Equal("DATA 3 end GET / []", answers[^1]);
    }

    [Fact]
    public void A_cancelled_request_is_told_to_its_handler()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        peer.Get(1);
        peer.Reset(1);

        Assert.Contains("aborted StreamReset", peer.Host.Events);
        Assert.Empty(peer.Answers());
    }

    [Fact]
    public void More_streams_than_allowed_are_refused()
    {
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) => Handlers.Hold(host, exchange), HttpLimits.Default with { Http2 = Http2Limits.Default with { MaxSessionStreams = 2 } });
        peer.Get(1);
        peer.Get(3);
        peer.Get(5);

        Assert.Equal(["RST_STREAM 5 RefusedStream"], peer.Answers());
    }

    [Fact]
    public void Every_split_of_a_connections_bytes_gives_the_same()
    {
        byte[] bytes = Vector();
        IReadOnlyList<string> whole = Run([bytes]);
        Assert.Equal("DATA 3 end POST /x [hello]", whole[^1]);
        Assert.Equal(whole, Run([.. bytes.Select(b => new[] { b })]));
        for (int i = 1; i < bytes.Length; i++)
        {
            Assert.Equal(whole, Run([bytes[..i], bytes[i..]]));
        }
    }

    private static byte[] Vector()
    {
        var bytes = new List<byte>();
        byte[] frame = new byte[4096];
        bytes.AddRange(Http2Preface.Client);
        bytes.AddRange(frame[..FrameWriter.WriteSettings(frame, new Setting(SettingsParameter.InitialWindowSize, 20))]);
        bytes.AddRange(frame[..FrameWriter.WriteHeaders(frame, 1, Http2Peer.Encode(Http2Peer.Pseudo("GET", "/")), true, 16384)]);
        bytes.AddRange(frame[..FrameWriter.WriteHeaders(frame, 3, Http2Peer.Encode(Http2Peer.Pseudo("POST", "/x")), false, 16384)]);
        bytes.AddRange(frame[..FrameWriter.WriteData(frame, 3, "hello"u8, true)]);
        bytes.AddRange(frame[..FrameWriter.WriteWindowUpdate(frame, 3, 100)]);
        return [.. bytes];
    }

    private static IReadOnlyList<string> Run(byte[][] pieces)
    {
        var peer = new Http2Peer(Handlers.Echo);
        foreach (byte[] piece in pieces)
        {
            peer.Feed(piece);
        }

        // How content is cut into frames may follow the pieces; what it says may not.
        return [.. peer.Answers().Where(line => !line.StartsWith("DATA", StringComparison.Ordinal) || line.Contains("end", StringComparison.Ordinal))];
    }

    private static (string Name, string Value)[] Split(string[] fields) => [.. fields.Select(field =>
    {
        int colon = field.IndexOf(": ", 1, StringComparison.Ordinal);
        return (field[..colon], field[(colon + 2)..]);
    })];
}
