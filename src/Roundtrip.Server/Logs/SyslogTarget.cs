using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Roundtrip.Transport;
using Roundtrip.Transport.Files;

namespace Roundtrip.Server.Logs;

/// <summary>The system's log, by datagrams to its socket (syslog(3)): <c>ErrorLog syslog[:facility[:tag]]</c>.</summary>
public sealed class SyslogTarget : ILogTarget
{
    /// <summary>Where the system's log listens.</summary>
    public const string SystemSocket = "/dev/log";

    private const int DefaultFacility = 23;

    // syslog.h, by number.
    private static readonly string[] Facilities =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
        "", "", "", "", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    private readonly string _path;
    private readonly int _facility;
    private readonly string _tag;
    private Socket _socket;

    private SyslogTarget(string path, int facility, string tag) => (_path, _facility, _tag, _socket) = (path, facility, tag, Connect(path));

    /// <param name="text"><c>syslog</c>, perhaps with a facility and a tag behind colons; httpd's defaults are local7 and the program's name.</param>
    /// <exception cref="TransportException">There is no such facility, or nobody listens.</exception>
    public static SyslogTarget Open(string text, string path = SystemSocket)
    {
        string[] parts = text.Split(':', 3);
        string facility = parts.Length > 1 ? parts[1] : "";
        int number = facility.Length == 0 ? DefaultFacility : Array.FindIndex(Facilities, name => name.Equals(facility, StringComparison.OrdinalIgnoreCase));
        return number >= 0
            ? new SyslogTarget(path, number, parts.Length > 2 && parts[2].Length > 0 ? parts[2] : "roundtrip")
            : throw new TransportException($"{text}: there is no syslog facility {facility}");
    }

    /// <summary>Sends one line. A system's log that was restarted is connected to anew.</summary>
    /// <returns>Whether it was taken.</returns>
    public bool Send(LogLevel level, string line)
    {
        // The levels of trace are debug there.
        int priority = (_facility << 3) | Math.Min((int)level, (int)LogLevel.Debug);
        string time = DateTime.Now.ToString("MMM dd HH:mm:ss", CultureInfo.InvariantCulture);

        // RFC 3164 §4.1.2: a day of one digit has a blank before it.
        time = time[4] == '0' ? $"{time[..4]} {time[5..]}" : time;
        byte[] datagram = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"<{priority}>{time} {_tag}[{Environment.ProcessId}]: {line}"));
        return TrySend(datagram) || TryReconnect() && TrySend(datagram);
    }

    public int Write(ReadOnlySpan<byte> bytes, out string? error)
    {
        error = Send(LogLevel.Notice, Encoding.UTF8.GetString(bytes).TrimEnd('\n')) ? null : "the system's log takes nothing";
        return error is null ? bytes.Length : 0;
    }

    public void Dispose() => _socket.Dispose();

    private bool TryReconnect()
    {
        try
        {
            Socket next = Connect(_path);
            _socket.Dispose();
            _socket = next;
            return true;
        }
        catch (TransportException)
        {
            return false;
        }
    }

    private bool TrySend(byte[] datagram)
    {
        try
        {
            return _socket.Send(datagram) == datagram.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static Socket Connect(string path)
    {
        const int Patience = 1000;
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = Patience };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch (SocketException fault)
        {
            socket.Dispose();
            throw new TransportException($"cannot write to syslog: {path}: {fault.Message}; is a system log running?");
        }
    }
}
