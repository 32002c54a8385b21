using System.Net;
using System.Net.Sockets;

namespace Roundtrip.Peers.Tests.Http2;

/// <summary>Each of mod_http2's directives as clients see it: what the program does that has it in its site.conf.</summary>
public sealed class Http2DirectiveTests : IDisposable
{
    private const string WithCleartext = "Protocols h2 h2c http/1.1\n";

    // Of RFC 9113: a frame's type, flags and payload on stream 1, or on one of its own where the type says so.
    private static readonly byte[] Request =
        [0, 0, 11, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x41, 6, (byte)'l', (byte)'o', (byte)'c', (byte)'a', (byte)'l', (byte)'h'];

    private readonly TemporaryFolder _folder = new();

    public Http2DirectiveTests()
    {
        _folder.Write("index.html", "hello");
        _folder.Write("a.css", "a{}");
        _folder.Write("other/index.html", "other");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("H2MaxSessionStreams 7", "SETTINGS_MAX_CONCURRENT_STREAMS(0x03):7")]
    [InlineData("H2WindowSize 100000", "SETTINGS_INITIAL_WINDOW_SIZE(0x04):100000")]
    [InlineData("", "[SETTINGS_ENABLE_CONNECT_PROTOCOL(0x08):1]")]
    public void What_a_connection_announces(string directive, string announced)
    {
        using RoundtripProcess server = Serve(directive);

        Assert.Contains(announced, Run.Program("nghttp", "-nv", server.Https).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_H2WebSockets_none_is_announced()
    {
        using RoundtripProcess server = Serve("H2WebSockets off");

        Assert.DoesNotContain("(0x08)", Run.Program("nghttp", "-nv", server.Https).Text, StringComparison.Ordinal);
    }

    // RFC 9113 §6.9.2: the connection's window is 65535 until a WINDOW_UPDATE says more; 256 KiB is what it begins with here.
    [Theory]
    [InlineData("", 262_144)]
    [InlineData("H2MaxWindowSize 100000", 100_000)]
    [InlineData("H2MaxWindowSize 65535", 65_535)]
    [InlineData("H2MaxWindowSize 65535\nH2WindowSize 120000", 120_000)]
    public void How_large_the_connections_first_window_is(string directives, int expected)
    {
        using RoundtripProcess server = Serve(directives);
        string[] parts = Run.Program("nghttp", "-nv", server.Https).Text.Split("recv WINDOW_UPDATE frame <length=4, flags=0x00, stream_id=0>");
        int given = parts.Skip(1).Sum(part => int.Parse(part.Split("(window_size_increment=")[1].Split(')')[0], null));

        Assert.Equal(expected, 65_535 + given);
    }

    // What the client's windows would all take at once comes in DATA frames no longer than what may wait of it: of a program's content what H2StreamMaxMemSize says, of a file's one frame.
    [Theory]
    [InlineData("", "cgi/zeros", 16_384)]
    [InlineData("H2StreamMaxMemSize 1024", "cgi/zeros", 1024)]
    [InlineData("H2StreamMaxMemSize 1024", "zeros.bin", 16_384)]
    [InlineData("H2MaxDataFrameLen 3000", "cgi/zeros", 3000)]
    [InlineData("H2MaxDataFrameLen 3000", "zeros.bin", 3000)]
    public void How_long_the_longest_DATA_frame_is(string directives, string path, int expected)
    {
        _folder.Write("zeros.bin", new string('0', 60_000));
        _folder.Write("programs/zeros", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nexec head -c 60000 /dev/zero\n");
        File.SetUnixFileMode(Path.Combine(_folder.Path, "programs/zeros"), (UnixFileMode)0b111_101_101);
        using RoundtripProcess server = Serve($"ScriptAlias /cgi/ {_folder.Path}/programs/\n{directives}");
        string text = Run.Program("nghttp", "-nv", $"{server.Https}{path}").Text;
        int[] lengths = [.. text.Split("recv DATA frame <length=").Skip(1).Select(part => int.Parse(part.Split(',')[0], null))];

        Assert.Equal(60_000, lengths.Sum());
        Assert.Equal(expected, lengths.Max());
    }

    [Theory]
    [InlineData("", "recv HEADERS")]
    [InlineData("H2MaxHeaderBlockLen 0", "recv HEADERS")]
    [InlineData("H2MaxHeaderBlockLen 1000", "(error_code=INTERNAL_ERROR(0x02))")]
    public void What_becomes_of_a_response_with_many_bytes_of_fields(string directive, string expected)
    {
        using RoundtripProcess server = Serve($"Header set X-Long {new string('x', 1000)}\n{directive}");

        Assert.Contains(expected, Run.Program("nghttp", "-nv", server.Https).Text, StringComparison.Ordinal);
        if (directive.EndsWith("1000", StringComparison.Ordinal))
        {
            server.UntilLogged("H2MaxHeaderBlockLen");
            Assert.StartsWith("HTTP/1.1 200", Run.Program("curl", "-sI", server.Http).Text, StringComparison.Ordinal);
        }
    }

    // A response whose stream has no window; Timeout is a minute.
    [Theory]
    [InlineData("H2StreamTimeout 1")]
    [InlineData("H2StreamTimeout 100ms")]
    [InlineData("H2StreamTimeout 600\n<Location />\nH2StreamTimeout 1s\n</Location>")]
    [InlineData("<Directory />\nH2StreamTimeout 1s\n</Directory>")]
    public void A_stream_whose_client_takes_nothing_is_reset_after_H2StreamTimeout(string directives)
    {
        using RoundtripProcess server = Serve($"{WithCleartext}{directives}");
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, server.HttpPort);
        NetworkStream stream = client.GetStream();
        stream.ReadTimeout = 20_000;
        stream.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        stream.Write([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
        stream.Write(RequestOn(1, ends: true));

        Assert.Equal([0, 0, 0, 8], ReadUntil(stream, type: 3));
    }

    // Whether a plain connection may begin with the preface, and go over by Upgrade.
    [Theory]
    [InlineData("", true, true)]
    [InlineData("H2Direct off", false, true)]
    [InlineData("H2Upgrade off", true, false)]
    [InlineData("H2Direct off\nH2Upgrade off", false, false)]
    public void How_h2c_begins(string directives, bool isDirect, bool isUpgraded)
    {
        using RoundtripProcess server = Serve(WithCleartext + directives);
        Finished direct = Run.Program("curl", "-s", "--http2-prior-knowledge", "-w", " %{http_version}", server.Http);
        Finished upgraded = Run.Program("curl", "-s", "--http2", "-w", " %{http_version}", server.Http);

        Assert.Equal(isDirect, direct.ExitCode == 0 && direct.Text == "hello 2");
        Assert.Equal(isUpgraded ? "hello 2" : "hello 1.1", upgraded.Text);
    }

    [Theory]
    [InlineData("Protocols http/1.1 h2", "http/1.1")]
    [InlineData("Protocols http/1.1 h2\nProtocolsHonorOrder off", "h2")]
    public void Whose_order_ALPN_follows(string directives, string chosen)
    {
        using RoundtripProcess server = Serve(directives);

        Assert.Contains($"server accepted {chosen}", Run.Program("curl", "-svk", server.Https).Errors, StringComparison.Ordinal);
    }

    // RFC 9113 §9.2.2: a suite with CBC is on the list of those that HTTP/2 does not use.
    [Theory]
    [InlineData("", "ECDHE-ECDSA-AES128-SHA", "hello 1.1")]
    [InlineData("H2ModernTLSOnly off", "ECDHE-ECDSA-AES128-SHA", "hello 2")]
    [InlineData("", "ECDHE-ECDSA-AES128-GCM-SHA256", "hello 2")]
    public void Over_which_suites_of_TLS_1_2_h2_is_spoken(string directive, string suite, string expected)
    {
        using RoundtripProcess server = Serve($"SSLCipherSuite ALL\n{directive}");
        Finished curl = Run.Program("curl", "-sk", "--tls-max", "1.2", "--ciphers", suite, "-w", " %{http_version}", server.Https);

        Assert.Equal(expected, curl.Text);
    }

    // The paths of the pushes that come with two pages over one connection.
    [Theory]
    [InlineData("", "/a.css")]
    [InlineData("H2Push off", "")]
    [InlineData("<Location /other>\nH2Push off\n</Location>", "/a.css")]
    [InlineData("<Location />\nH2Push off\n</Location>", "")]
    [InlineData("H2PushDiarySize 0", "")]
    [InlineData("H2PushDiarySize 1\nH2PushResource /b.css", "/a.css /b.css /a.css /b.css")]
    [InlineData("H2PushResource /b.css", "/a.css /b.css")]
    public void What_is_pushed(string directives, string expected)
    {
        using RoundtripProcess server = Serve($"H2PushResource /a.css\n{directives}");
        string text = Run.Program("nghttp", "-nv", $"{server.Https}index.html", $"{server.Https}other/index.html").Text;
        string[] promised = [.. text.Split("recv PUSH_PROMISE frame")[..^1].Select(part => part[part.LastIndexOf(":path: ", StringComparison.Ordinal)..].Split('\n')[0][":path: ".Length..])];

        Assert.Equal(expected, string.Join(' ', promised));
    }

    [Theory]
    [InlineData("H2MaxSessionStreams 0")]
    [InlineData("H2WindowSize 1023")]
    [InlineData("H2MaxWindowSize 65534")]
    [InlineData("H2StreamMaxMemSize 1023")]
    [InlineData("H2PushDiarySize 65537")]
    [InlineData("H2Push maybe")]
    [InlineData("H2FloodLimit Pong 1 1")]
    [InlineData("H2FloodLimit Ping 1 1001")]
    [InlineData("H2MaxDataFrameLen -1")]
    [InlineData("H2MaxHeaderBlockLen many")]
    [InlineData("H2MaxStreamErrors -1")]
    [InlineData("H2StreamTimeout soon")]
    [InlineData("H2WebSockets maybe")]
    [InlineData("H2PushPriority css after")]
    public void What_cannot_be_is_an_error_of_its_line(string directive)
    {
        _folder.Write("httpd.conf", $"Listen 127.0.0.1:1\n{directive}\n");
        Finished test = Run.Program("dotnet", Repository.BuiltProgram, "configtest", "-c", Path.Combine(_folder.Path, "httpd.conf"));

        Assert.Equal(1, test.ExitCode);
        Assert.Contains("httpd.conf:2: ", test.Errors, StringComparison.Ordinal);
    }

    // What comes again and again, and what the log says of it.
    [Theory]
    [InlineData("Settings", "SETTINGS", 4, 0, 0)]
    [InlineData("Ping", "PING", 6, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8)]
    [InlineData("Priority", "PRIORITY", 2, 0, 3, 0, 0, 0, 1, 15)]
    [InlineData("EmptyFrames", "empty frames", 0, 0, 1)]
    [InlineData("SmallData", "small DATA frames", 0, 0, 1, 120)]
    [InlineData("WindowUpdates", "WINDOW_UPDATE", 8, 0, 0, 0, 0, 0, 1)]
    [InlineData("Resets", "requests", 3, 0, 0, 0, 0, 0, 8)]
    [InlineData("ProvokedResets", "streams reset", 1, 5, 0, 0x82)]
    [InlineData("H2MaxStreamErrors 5", "streams reset", 1, 5, 0, 0x82)]
    [InlineData("UnknownFrames", "frames without a meaning", 0xEE, 0, 0)]
    public void A_flood_ends_at_its_limit_with_a_line_that_says_whose_and_which(string kind, string words, params int[] frame)
    {
        bool isErrors = kind.StartsWith("H2MaxStreamErrors", StringComparison.Ordinal);
        using RoundtripProcess server = Serve(WithCleartext + (isErrors ? kind : $"H2FloodLimit {kind} 5 1"));
        kind = isErrors ? "ProvokedResets" : kind;
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, server.HttpPort);
        NetworkStream stream = client.GetStream();
        stream.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        stream.Write([0, 0, 0, 4, 0, 0, 0, 0, 0]);
        byte[] payload = [.. frame[3..].Select(number => (byte)number)];
        if (kind is "EmptyFrames" or "SmallData")
        {
            stream.Write(RequestOn(1, ends: false));
        }

        for (int i = 0; i < 10; i++)
        {
            int own = 1 + (2 * i);
            if (kind == "Resets")
            {
                stream.Write(RequestOn(own, ends: false));
            }

            stream.Write([0, 0, (byte)payload.Length, (byte)frame[0], (byte)frame[1], 0, 0, 0, (byte)(kind is "Resets" or "ProvokedResets" ? own : frame[2]), .. payload]);
        }

        // RFC 9113 §6.8: a GOAWAY with ENHANCE_YOUR_CALM is the last that comes.
        (int type, byte[] last) = LastFrame(ReadAll(stream));
        Assert.Equal(7, type);
        Assert.Equal([0, 0, 0, 11], last[4..8]);
        server.UntilLogged($"H2FloodLimit {kind} allows");
        Assert.Matches($@"127\.0\.0\.1.*{words}.*H2FloodLimit {kind} allows", server.Errors);
        Assert.Equal("hello", Run.Program("curl", "-s", server.Http).Text);
    }

    // GET (or what is to have content) / of localh, as indexed fields.
    private static byte[] RequestOn(int stream, bool ends)
    {
        byte[] bytes = [.. Request];
        (bytes[4], bytes[8]) = ((byte)(ends ? 5 : 4), (byte)stream);
        return bytes;
    }

    private static (int Type, byte[] Payload) LastFrame(byte[] frames)
    {
        int at = 0;
        int length;
        while (true)
        {
            length = (frames[at] << 16) | (frames[at + 1] << 8) | frames[at + 2];
            if (at + 9 + length >= frames.Length)
            {
                return (frames[at + 3], frames[(at + 9)..]);
            }

            at += 9 + length;
        }
    }

    // The payload of the first frame of a type.
    private static byte[] ReadUntil(NetworkStream stream, int type)
    {
        byte[] header = new byte[9];
        while (true)
        {
            stream.ReadExactly(header);
            byte[] payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
            stream.ReadExactly(payload);
            if (header[3] == type)
            {
                return payload;
            }
        }
    }

    private static byte[] ReadAll(NetworkStream stream)
    {
        using var all = new MemoryStream();
        stream.ReadTimeout = 20_000;
        try
        {
            stream.CopyTo(all);
        }
        catch (IOException)
        {
            // A reset behind the last bytes.
        }

        return all.ToArray();
    }

    private RoundtripProcess Serve(string directives)
    {
        _folder.Write("site.conf", directives + "\n");
        return new RoundtripProcess(_folder.Path);
    }
}
