using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Deflate;
using Roundtrip.Http.WebSocket.Handshake;
using Roundtrip.Server.WebSockets;

namespace Roundtrip.Server.Tests;

/// <summary>WebSockets and event streams with peers that we did not write: python3-websockets in both roles, npm's ws, curl; plain and over TLS.</summary>
[SupportedOSPlatform("linux")]
[Collection("offloaded")]
public class WebSocketPeerTests
{
    [Theory]
    [InlineData("echo", false, "echo.v2 permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [InlineData("echo", true, "echo.v2 permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [InlineData("kept", false, "echo.v1 permessage-deflate; server_max_window_bits=11; client_max_window_bits=10")]
    public async Task Python_websockets_gets_back_what_it_sends(string path, bool isSecure, string agreed)
    {
        using var server = new CarrierServer();
        string output = await RunAsync("/usr/bin/python3", Here("websocket_client.py"), UrlOf(server, path, isSecure), isSecure ? server.Certificate.ChainFile : "");

        Assert.Equal($"ok {agreed}\n", output);
        await UntilAsync(() => server.Events.Count == 2);
        Assert.Equal("closed 4001 Completed", server.Events[1]);
    }

    [Theory]
    [InlineData("echo", false)]
    [InlineData("echo", true)]
    [InlineData("kept", false)]
    public async Task Npm_ws_gets_back_what_it_sends_with_and_without_compression(string path, bool isSecure)
    {
        const string Alone = "; server_no_context_takeover; client_no_context_takeover";
        using var server = new CarrierServer();
        string output = await RunAsync("/usr/bin/node", Here("websocket_client.cjs"), UrlOf(server, path, isSecure), isSecure ? server.Certificate.ChainFile : "");

        // Nothing offered; the plain offer; no context takeover on either side; windows of 10 bits and 9.
        string[] agreed = path == "echo"
            ? ["nothing", $"permessage-deflate{Alone}", $"permessage-deflate{Alone}", $"permessage-deflate{Alone}; server_max_window_bits=10; client_max_window_bits=9"]
            :
            [
                "nothing", "permessage-deflate; server_max_window_bits=11; client_max_window_bits=10", $"permessage-deflate{Alone}; server_max_window_bits=11; client_max_window_bits=10",
                "permessage-deflate; server_max_window_bits=10; client_max_window_bits=9",
            ];
        Assert.Equal(agreed.Select(parameters => $"ok 4001 as you wish p echo.v1, {parameters}"), output.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_server_that_stops_tells_python_websockets_so()
    {
        using var server = new CarrierServer();
        using Process python = Start("/usr/bin/python3", Here("websocket_stop.py"), UrlOf(server, "echo", false));
        Assert.Equal("open", await python.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        await UntilAsync(() => server.Events.Count == 1);
        server.StopInGoodOrder();

        Assert.Equal("1001 the server is stopping\n", await python.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("closed 1001 Completed", server.Events[1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Our_client_role_speaks_with_a_server_of_python_websockets(bool compresses)
    {
        using Process python = Start("/usr/bin/python3", Here("websocket_server.py"));
        try
        {
            string? port = await python.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", int.Parse(port!, System.Globalization.CultureInfo.InvariantCulture));
            await SpeakAsync(client.GetStream(), compresses ? new DeflateOptions { ClientContextTakeover = true, ServerContextTakeover = true, ClientWindowBits = 10 } : null);
        }
        finally
        {
            python.StandardInput.Close();
            await python.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    [Theory]
    [InlineData("--http1.1", false)]
    [InlineData("--http2-prior-knowledge", false)]
    [InlineData("--http2", true)]
    public async Task Curl_N_shows_each_event_as_it_is_sent(string version, bool isSecure)
    {
        using var server = new CarrierServer();
        string url = UrlOf(server, "events", isSecure).Replace("ws", "http", StringComparison.Ordinal);
        using Process curl = Start("/usr/bin/curl", "-sN", version, "--cacert", server.Certificate.ChainFile, url);
        var lines = new List<(string Text, long At)>();
        for (string? line; (line = await curl.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20))) is not null;)
        {
            lines.Add((line, Stopwatch.GetTimestamp()));
        }

        Assert.Equal("retry: 50||id: 1|data: event 1|data: of three, é||id: 2|data: event 2|data: of three, é|", string.Join('|', lines.Select(line => line.Text)));

        // The first was there long before the second was sent.
        Assert.InRange(Stopwatch.GetElapsedTime(lines[2].At, lines[6].At).TotalMilliseconds, 100, 10_000);
        Assert.Equal(string.Join('|', "retry: 50", "", "id: 3", "event: last", "data: event 3", "data: of three, é", ""),
            (await RunAsync("/usr/bin/curl", "-sN", version, "--cacert", server.Certificate.ChainFile, "-H", "Last-Event-ID: 2", url)).Replace('\n', '|')[..^1]);
    }

    private static async Task SpeakAsync(NetworkStream stream, DeflateOptions? deflate)
    {
        var handshake = new ClientHandshake(RandomNumberGenerator.GetBytes(16), ["echo.v1"], deflate);
        string extensions = handshake.Offer is { } offer ? $"Sec-WebSocket-Extensions: {offer}\r\n" : "";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {handshake.Key}\r\nSec-WebSocket-Protocol: {handshake.Protocols}\r\n{extensions}\r\n"));
        string head = "";
        byte[] one = new byte[1];
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1)
        {
            head += (char)one[0];
        }

        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        string Field(string name) => head.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim() ?? "";
        Assert.True(handshake.TryFinish(
            Encoding.ASCII.GetBytes(Field("Sec-WebSocket-Accept")), Encoding.ASCII.GetBytes(Field("Sec-WebSocket-Protocol")), Encoding.ASCII.GetBytes(Field("Sec-WebSocket-Extensions")), isHttp2: false));
        Assert.Equal(("echo.v1", deflate is not null), (handshake.Subprotocol, handshake.Deflate is not null));

        var pool = new BufferPool();
        var socket = new WebSocketConnection(
            WebSocketRole.Client, WebSocketLimits.Default, new WebSocketResources(pool), 0, handshake.Deflate, () => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)));
        var random = new Random(1);
        foreach (int length in new[] { 0, 1, 125, 126, 1000, 65_535, 65_536, 300_000 })
        {
            string text = string.Concat(Enumerable.Range(0, (length / 5) + 1).Select(_ => $"{random.Next(100_000):d5}"))[..length];
            socket.SendText(Encoding.ASCII.GetBytes(text));
            Assert.Equal((WebSocketEventKind.Text, text), await NextAsync(socket, stream));
            socket.SendBinary(Encoding.ASCII.GetBytes(text));
            Assert.Equal((WebSocketEventKind.Binary, text), await NextAsync(socket, stream));
        }

        socket.Ping("p"u8);
        Assert.Equal((WebSocketEventKind.Pong, "p"), await NextAsync(socket, stream));
        socket.SendText("fragments, please"u8);
        Assert.Equal((WebSocketEventKind.Text, "fragments"), await NextAsync(socket, stream));
        socket.SendText("close, please"u8);
        Assert.Equal((WebSocketEventKind.Closed, "4001 as you wish"), await NextAsync(socket, stream));
        Assert.Equal(WebSocketEnding.None, socket.Ending);
        await SendAsync(socket, stream);
        Assert.Equal(0, await stream.ReadAsync(one));
        socket.ReceiveEnd(0);
        Assert.Equal(WebSocketEnding.WhenSent, socket.Ending);
        socket.Release();
        Assert.Equal(0, pool.Outstanding);
    }

    private static async Task SendAsync(WebSocketConnection socket, NetworkStream stream)
    {
        byte[] piece = new byte[64 * 1024];
        for (int count; (count = socket.Output.Read(piece)) > 0;)
        {
            await stream.WriteAsync(piece.AsMemory(0, count));
        }
    }

    private static async Task<(WebSocketEventKind Kind, string Text)> NextAsync(WebSocketConnection socket, NetworkStream stream)
    {
        await SendAsync(socket, stream);
        byte[] piece = new byte[10_000];
        while (true)
        {
            if (TryNext(socket, out (WebSocketEventKind, string) told))
            {
                return told;
            }

            int count = await stream.ReadAsync(piece).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
            Assert.NotEqual(0, count);
            socket.Receive(0, piece.AsSpan(0, count));
        }
    }

    private static bool TryNext(WebSocketConnection socket, out (WebSocketEventKind Kind, string Text) told)
    {
        told = default;
        if (!socket.TryReadEvent(out WebSocketEvent what))
        {
            return false;
        }

        string text = Encoding.UTF8.GetString(what.Data);
        told = (what.Kind, what.Kind == WebSocketEventKind.Closed ? $"{what.Code} {text}{what.Error.Reason switch { EndReason.None => "", var reason => $" {reason}" }}" : text);
        return true;
    }

    private static string UrlOf(CarrierServer server, string path, bool isSecure) => isSecure ? $"wss://localhost:{server.TlsPort}/{path}" : $"ws://127.0.0.1:{server.Port}/{path}";

    private static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments.Where(argument => argument.Length > 0))
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return output + await errors;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; i < 1000 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(condition());
    }

    private static string Here(string script, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, script);
}
