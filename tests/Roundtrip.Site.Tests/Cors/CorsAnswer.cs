using System.Text;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Cors;

/// <summary>What a response says of CORS, for tests to compare.</summary>
internal static class CorsAnswer
{
    /// <summary>The values of all lines of a field.</summary>
    public static string[] Values(FakeExchange answer, string name) =>
    [
        .. (Encoding.Latin1.GetString(answer.Shared.Http1Lines) + Encoding.Latin1.GetString(answer.ResponseFields.Http1Lines)).Split("\r\n")
            .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 2)..]),
    ];

    /// <summary>The one value of Access-Control-Allow-Origin; null for none.</summary>
    public static string? AllowedOf(FakeExchange answer)
    {
        string[] values = Values(answer, "Access-Control-Allow-Origin");
        Assert.True(values.Length <= 1, "two values of Access-Control-Allow-Origin allow nobody");
        return values.SingleOrDefault();
    }

    /// <summary>Whether a cache must look at Origin.</summary>
    public static bool VariesByOrigin(FakeExchange answer) => Values(answer, "Vary").SelectMany(value => value.Split(',')).Select(name => name.Trim()).Contains("Origin");

    /// <summary>The request by which a browser asks before another.</summary>
    public static FakeExchange Preflight(string target, string origin, string method = "PUT", string headers = "") => new(
        $"OPTIONS {target} HTTP/1.1\nHost: localhost\nOrigin: {origin}\nAccess-Control-Request-Method: {method}\n" + (headers.Length > 0 ? $"Access-Control-Request-Headers: {headers}\n" : ""));
}
