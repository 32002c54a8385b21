using Roundtrip.Configuration.VirtualHosts;

namespace Roundtrip.Site.Wsgi;

/// <summary>What the names of process and application groups stand for (WSGIProcessGroup, WSGIApplicationGroup).</summary>
internal static class GroupName
{
    /// <summary>The group of the server itself, or of its first interpreter.</summary>
    public const string Global = "";

    /// <summary>Whether it is a request's to say.</summary>
    public static bool IsOfRequest(string name) => name.StartsWith("%{ENV:", StringComparison.OrdinalIgnoreCase) && name.EndsWith('}');

    /// <summary>The variable of <c>%{ENV:variable}</c>.</summary>
    public static string VariableOf(string name) => name["%{ENV:".Length..^1];

    /// <summary>The application group of a module: it has processes of its own, which run nothing else.</summary>
    public static string OfModule(WsgiAlias alias) => $"module {alias.Rule.Target}";

    /// <param name="host">The host's name and port, as <see cref="OfHost"/> has them.</param>
    /// <param name="scriptName">The URL's path to the script: SCRIPT_NAME.</param>
    public static string Resolve(string name, string host, string scriptName) => name switch
    {
        "%{GLOBAL}" => Global,

        // Deviates: %{HOST} is what the client says in mod_wsgi. Here it is the host's own name: nobody makes processes by asking.
        "%{SERVER}" or "%{HOST}" => host,
        "%{RESOURCE}" => $"{host}|{scriptName}",
        _ => name,
    };

    /// <summary>mod_wsgi.c, wsgi_application_group: the name, and the port unless it is the scheme's.</summary>
    public static string OfHost(ServerConfiguration host)
    {
        ArgumentNullException.ThrowIfNull(host);
        int port = host.Addresses.Count > 0 ? host.Addresses[0].Port : 0;
        return port is 0 or 80 or 443 ? host.Name : $"{host.Name}:{port}";
    }
}
