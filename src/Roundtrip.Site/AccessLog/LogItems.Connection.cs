using Roundtrip.Server.Logs;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.AccessLog;

// Who talked with whom.
internal static partial class LogItems
{
    private static void RemoteAddress(ref LineWriter line, in LogFacts facts) => line.Write(facts.Exchange.Connection.Remote);

    private static LogItemWriter Port(string which) => which.ToUpperInvariant() switch
    {
        "" or "CANONICAL" => static (ref line, in facts) => line.Write(CanonicalPort(facts.Host, facts.Exchange.Connection.Local.Port)),
        "LOCAL" => static (ref line, in facts) => line.Write(facts.Exchange.Connection.Local.Port),
        "REMOTE" => static (ref line, in facts) => line.Write(facts.Exchange.Connection.Remote.Port),
        _ => throw Braces($"%{{{which}}}p", "canonical, local, remote"),
    };

    // Deviates: where neither ServerName nor <VirtualHost> has a port, httpd says 80 or 443 whatever it listens at; here it is the port of the connection.
    private static int CanonicalPort(SiteHost host, int local) => host.Port == 0 ? local : host.Port;

    private static LogItemWriter ProcessOrThread(string which) => which switch
    {
        "" or "pid" => static (ref line, in _) => line.Write(Environment.ProcessId),
        "tid" => static (ref line, in _) => line.Write(SystemThread.Id),
        "hextid" => static (ref line, in _) => line.WriteHex(SystemThread.Id),
        _ => throw Braces($"%{{{which}}}P", "pid, tid, hextid"),
    };

    private static LogItemWriter LogId(string which) => which.Equals("c", StringComparison.OrdinalIgnoreCase)
        ? static (ref line, in facts) => OrDash(ref line, facts.Exchange.Connection.LogId)
        : static (ref line, in facts) => OrDash(ref line, facts.Exchange.LogId);
}
