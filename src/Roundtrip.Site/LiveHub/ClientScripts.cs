using Roundtrip.Http;

namespace Roundtrip.Site.LiveHub;

/// <summary>The browser's client (clients/live), which each hub serves below its path: so a page needs no copy of it, and client and hub are of one version.</summary>
internal static class ClientScripts
{
    private static readonly Dictionary<string, (byte[] Content, FieldBlock Fields, byte[] Tag)> All = new[] { "/client.js", "/worker.js" }.ToDictionary(path => path, Load);

    /// <returns>Whether the path is one of theirs; then the exchange is answered.</returns>
    public static bool TryAnswer(Exchange exchange, HubDefinition hub, string path)
    {
        if (!All.TryGetValue(path, out (byte[] Content, FieldBlock Fields, byte[] Tag) script))
        {
            return false;
        }

        HubResponses.AllowOrigin(exchange, hub);
        HubResponses.SendTagged(exchange, script.Fields, script.Content, script.Tag);
        return true;
    }

    private static (byte[] Content, FieldBlock Fields, byte[] Tag) Load(string path)
    {
        using Stream stream = typeof(ClientScripts).Assembly.GetManifestResourceStream("live" + path)!;
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        FieldBlock fields = FieldBlock.Create(("Content-Type", "text/javascript; charset=utf-8"), ("Cache-Control", "public, no-cache"), ("X-Content-Type-Options", "nosniff"));
        return (content, fields, HubResponses.TagOf(content));
    }
}
