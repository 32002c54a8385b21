using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

/// <summary>Against other implementations, over real sockets.</summary>
[Collection(nameof(TlsCollection))]
public sealed class PeerTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12, "TLSv1.2")]
    [InlineData(SslProtocols.Tls13, "TLSv1.3")]
    public async Task SslStream_shakes_hands_and_moves_a_megabyte_each_way(SslProtocols protocol, string name)
    {
        using TlsServerContext context = TestCertificates.Context();
        using var server = new LoopbackServer(context);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", server.Port, TestContext.Current.CancellationToken);
        using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = protocol,
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Subject == "CN=ecdsa",
            },
            TestContext.Current.CancellationToken);
        Assert.Equal(SslApplicationProtocol.Http11, tls.NegotiatedApplicationProtocol);

        byte[] sent = new byte[1 << 20];
        new Random(1).NextBytes(sent);
        byte[] got = new byte[sent.Length];
        Task write = tls.WriteAsync(sent, TestContext.Current.CancellationToken).AsTask();
        await tls.ReadExactlyAsync(got, TestContext.Current.CancellationToken);
        await write;
        Assert.Equal(sent, got);

        await tls.ShutdownAsync();
        Assert.Equal(0, await tls.ReadAsync(got, TestContext.Current.CancellationToken));
        Assert.Null(server.Fault);
        Assert.Equal(name, server.Facts[0]!.Protocol);
        Assert.Equal("localhost", server.Facts[0]!.ServerName);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task s_client_shakes_hands_resumes_and_sees_close_notify(string version)
    {
        using TlsServerContext context = TestCertificates.Context(certificates: [TestCertificates.Rsa, TestCertificates.Ecdsa]);
        using var server = new LoopbackServer(context);
        string session = TestCertificates.NewFile("");
        string[] common = ["-connect", $"127.0.0.1:{server.Port}", "-servername", "localhost", "-alpn", "http/1.1", version];

        string first = await SClient([.. common, "-sess_out", session]);
        Assert.Contains("ALPN protocol: http/1.1", first);
        Assert.Contains("New, TLSv1", first);
        Assert.Contains("\nolleh-hello\n", first);

        string second = await SClient([.. common, "-sess_in", session]);
        Assert.Contains("Reused, TLSv1", second);
        Assert.Null(server.Fault);
        Assert.False(server.Facts[0]!.IsResumed);
        Assert.True(server.Facts[^1]!.IsResumed);
    }

    private static async Task<string> SClient(params string[] arguments)
    {
        var start = new ProcessStartInfo("openssl") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("s_client");
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        var output = new StringBuilder();
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync("olleh-hello\n");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            output.Append(line).Append('\n');
            if (line == "olleh-hello")
            {
                // The end of its input makes it close, with close_notify.
                process.StandardInput.Close();
            }
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("SSL routines", await errors);
        Assert.Equal(0, process.ExitCode);
        return output.ToString();
    }
}
