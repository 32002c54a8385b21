using System.Collections.Frozen;

namespace Roundtrip.Site.Variables;

/// <summary>
/// The variables that the server itself obeys ("Special Purpose Environment Variables" in the manual). <c>force-response-1.0</c> and <c>downgrade-1.0</c> do what <c>nokeepalive</c> does: RFC 9110
/// section 6.2 has a server answer with the highest version that it has, and no client is left that needs another.
/// </summary>
internal static class ObeyedVariables
{
    /// <summary>Ours: no 103 for this client. Asked for only where one would go out.</summary>
    public const string NoEarlyHints = "no-early-hints";

    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "nokeepalive", "force-response-1.0", "downgrade-1.0", "force-no-vary", "gzip-only-text/html", "no-gzip", "no-brotli", "suppress-error-charset", "dont-vary");

    /// <summary>Whether any of them is set for all requests, so that each has to be looked at.</summary>
    public static bool AreAmong(FixedVariables variables) => !variables.All.IsEmpty && variables.All.Keys.Any(Names.Contains);

    public static bool EndConnection(IReadOnlyDictionary<string, string> variables) => variables.Count > 0
        && (variables.ContainsKey("nokeepalive") || variables.ContainsKey("force-response-1.0") || variables.ContainsKey("downgrade-1.0"));
}
