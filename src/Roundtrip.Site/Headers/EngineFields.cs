namespace Roundtrip.Site.Headers;

/// <summary>The fields that the protocol's engine writes itself, and that no directive can change: they say where a message ends and what the connection does.</summary>
internal static class EngineFields
{
    private static readonly HashSet<string> Names =
        new(["Date", "Server", "Content-Length", "Transfer-Encoding", "Connection"], StringComparer.OrdinalIgnoreCase);

    public static bool Contains(string name) => Names.Contains(name);
}
