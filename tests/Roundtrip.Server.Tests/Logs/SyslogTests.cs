using System.Net.Sockets;
using System.Text;
using Roundtrip.Server.Logs;
using Roundtrip.Transport;

namespace Roundtrip.Server.Tests.Logs;

public sealed class SyslogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-syslog-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("syslog", "<187>", "roundtrip")]
    [InlineData("syslog:user", "<11>", "roundtrip")]
    [InlineData("syslog:LOCAL1:site", "<139>", "site")]
    [InlineData("syslog::site", "<187>", "site")]
    public void A_line_is_a_datagram_with_facility_level_time_and_tag(string text, string priority, string tag)
    {
        using Socket daemon = Listen();
        var writer = new ErrorLogWriter(SyslogTarget.Open(text, Path));
        using (var log = new ErrorLog(writer, new ErrorLogOptions()))
        {
            log.Write(LogLevel.Error, "core", "192.0.2.1:5", "one\ntwo");
        }

        writer.Dispose();
        Assert.Matches(
            $"^{priority}[A-Z][a-z]{{2}} [ 123]\\d \\d\\d:\\d\\d:\\d\\d {tag}\\[\\d+\\]: \\[core:error\\] \\[pid \\d+:tid \\d+\\] \\[client 192.0.2.1:5\\] one\\\\x0atwo$",
            Receive(daemon));
    }

    [Fact]
    public void A_daemon_that_was_restarted_is_found_again()
    {
        using SyslogTarget log = Restarted();
        using Socket daemon = Listen();
        Assert.True(log.Send(LogLevel.Trace8, "x"));
        Assert.StartsWith("<191>", Receive(daemon), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_socket_or_facility_is_said()
    {
        Assert.Contains($"cannot write to syslog: {Path}: ", Assert.Throws<TransportException>(() => SyslogTarget.Open("syslog", Path)).Message, StringComparison.Ordinal);
        Assert.Contains("no syslog facility local9", Assert.Throws<TransportException>(() => SyslogTarget.Open("syslog:local9", Path)).Message, StringComparison.Ordinal);
    }

    private SyslogTarget Restarted()
    {
        using Socket daemon = Listen();
        var log = SyslogTarget.Open("syslog", Path);
        Assert.True(log.Send(LogLevel.Error, "before"));
        daemon.Close();
        File.Delete(Path);
        Assert.False(log.Send(LogLevel.Error, "meanwhile"));
        return log;
    }

    private Socket Listen()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        socket.Bind(new UnixDomainSocketEndPoint(Path));
        return socket;
    }

    private static string Receive(Socket socket)
    {
        byte[] room = new byte[2048];
        return Encoding.UTF8.GetString(room, 0, socket.Receive(room));
    }
}
