using System.Globalization;
using System.Net;

namespace Roundtrip.Configuration.VirtualHosts;

/// <summary>An address of a <c>&lt;VirtualHost&gt;</c> or a <c>Listen</c>.</summary>
/// <param name="Address">Null for any.</param>
/// <param name="Port">0 for any.</param>
public readonly record struct HostAddress(IPAddress? Address, ushort Port)
{
    /// <summary>Reads <c>*</c>, <c>_default_</c>, <c>*:80</c>, <c>10.0.0.1:80</c>, <c>[::1]:80</c>, <c>80</c> where <paramref name="portAlone"/>, or a name that <paramref name="resolve"/> knows.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static IReadOnlyList<HostAddress> Parse(string text, bool portAlone, Func<string, IReadOnlyList<IPAddress>> resolve)
    {
        (string host, ushort port) = Split(text, portAlone);
        if (host is "*" or "" || host.Equals("_default_", StringComparison.OrdinalIgnoreCase))
        {
            return [new HostAddress(null, port)];
        }

        if (host is ['[', .., ']'])
        {
            host = host[1..^1];
        }

        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            return [new HostAddress(address, port)];
        }

        IReadOnlyList<IPAddress> found = resolve(host);
        return found.Count > 0
            ? [.. found.Select(a => new HostAddress(a, port))]
            : throw new FormatException($"the name {host} has no address");
    }

    public override string ToString()
    {
        string host = Address?.ToString() ?? "*";
        host = host.Contains(':') ? $"[{host}]" : host;
        return Port == 0 ? $"{host}:*" : $"{host}:{Port.ToString(CultureInfo.InvariantCulture)}";
    }

    private static (string Host, ushort Port) Split(string text, bool portAlone)
    {
        if (portAlone && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort alone))
        {
            return ("*", alone);
        }

        int colon = text.LastIndexOf(':');
        bool hasPort = colon >= 0 && text.IndexOf(']', colon) < 0 && (text[0] == '[' || text.IndexOf(':') == colon);
        if (!hasPort)
        {
            return (text, 0);
        }

        string port = text[(colon + 1)..];
        return port == "*" ? (text[..colon], (ushort)0)
            : ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) ? (text[..colon], number)
            : throw new FormatException($"'{port}' is not a port");
    }
}
