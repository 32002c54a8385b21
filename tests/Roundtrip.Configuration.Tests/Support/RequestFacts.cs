using Roundtrip.Configuration.Expressions;

namespace Roundtrip.Configuration.Tests.Support;

/// <summary>A request as expressions see it, with the fields that it was asked for.</summary>
internal sealed class RequestFacts : IExpressionContext
{
    public Dictionary<string, string> Variables { get; } = new()
    {
        ["HTTP_HOST"] = "example.org",
        ["REQUEST_URI"] = "/a/b.html",
        ["REMOTE_ADDR"] = "192.0.2.7",
        ["SSL_CLIENT_S_DN"] = "CN=x",
    };

    public List<string> Varying { get; } = [];

    public string? Variable(string name) => Variables.GetValueOrDefault(name);

    public string? RequestHeader(string name, bool varies)
    {
        if (varies)
        {
            Varying.Add(name);
        }

        return name.Equals("Accept", StringComparison.OrdinalIgnoreCase) ? "text/html, */*" : null;
    }

    public string? ResponseHeader(string name) => name == "Server" ? "R" : null;

    public string? RequestEnvironment(string name) => name is "both" or "env" ? "request" : null;

    public string? Note(string name) => name is "both" or "note" ? "noted" : null;

    public string? ServerEnvironment(string name) => name is "os" ? "system" : null;

    public IReadOnlyList<string> List(string name, string argument) => ["one", argument];

    public ExpressionFile? File(string path) => path switch
    {
        "/file" => new ExpressionFile(true, false, false, false, 5, 1_000_000),
        "/empty" => new ExpressionFile(true, false, false, true, 0, 0),
        "/dir" => new ExpressionFile(false, true, false, true, 0, 0),
        "/link" => new ExpressionFile(true, false, true, false, 5, 0),
        _ => null,
    };

    public string? ReadFile(string path, int maximum) => path == "/file" ? "hello" : null;

    public bool IsUrlAccessible(string url) => url == "/ok";

    public bool IsFileAccessible(string path) => path == "/file";
}
