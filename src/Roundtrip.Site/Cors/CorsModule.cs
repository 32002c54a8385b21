using System.Collections.Immutable;
using Roundtrip.Configuration.Directives;
using Roundtrip.Site.Headers;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Cors;

/// <summary>Cross-origin resource sharing (Fetch Standard, "CORS protocol"): which other sites' pages may use this one by script, and how.</summary>
internal sealed class CorsModule : IConfigurationModule
{
    private static readonly string[] KnownMethods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];

    // Fetch Standard, "forbidden method".
    private static readonly string[] ForbiddenMethods = ["CONNECT", "TRACE", "TRACK"];

    public string Name => "cors_module";

    public string SourceFile => "mod_cors.c";

    public bool IsAlwaysLoaded => true;

    public IEnumerable<Directive> Directives =>
    [
        new("CorsOrigin", Anywhere, 1, int.MaxValue, "origins such as https://example.org, https://*.example.org, ~REGEX or null; or *; or none", AddOrigins),
        Change("CorsMethods", int.MaxValue, "methods, or *", static (policy, call) => policy with { Methods = [.. call.Words.Select(MethodOf)] }),
        Change("CorsHeaders", int.MaxValue, "names of request fields, or *", static (policy, call) => policy with { Headers = [.. call.Words.Select(FieldOf)] }),
        Change("CorsExposeHeaders", int.MaxValue, "names of response fields, or *", static (policy, call) => policy with { Exposed = [.. call.Words.Select(FieldOf)] }),
        Change("CorsCredentials", 2, "On, On null or Off", static (policy, call) => policy with { Credentials = CredentialsOf(call.Words), CredentialsAt = call.Position }),
        Change("CorsMaxAge", 1, "a time, in seconds unless it says otherwise", static (policy, call) => policy with { MaxAge = Arguments.Milliseconds(call.Words[0]) / 1000 }),
    ];

    private static Directive Change(string name, int most, string usage, Func<CorsPolicy, DirectiveCall, CorsPolicy> change) =>
        new(name, Anywhere, 1, most, usage, call => call.Settings.Update(CorsSettings.Policy, policy => change(policy, call)));

    // Lines of one scope add up.
    private static void AddOrigins(DirectiveCall call)
    {
        ImmutableArray<AllowedOrigin> said = call.Words is [var word] && word.Equals("none", StringComparison.OrdinalIgnoreCase) ? [] : [.. call.Words.Select(AllowedOrigin.Parse)];
        CorsPolicy policy = call.Settings.Get(CorsSettings.Policy);
        ImmutableArray<AllowedOrigin> all = said.IsEmpty ? said : (policy.Origins ?? []).AddRange(said);
        if (all.Length > 1 && all.Contains(AllowedOrigin.Any))
        {
            throw new FormatException("* allows every origin, so the others say nothing: take it or them away");
        }

        call.Settings.Set(CorsSettings.Policy, policy with { Origins = all, OriginsAt = call.Position });
    }

    private static CorsCredentials CredentialsOf(IReadOnlyList<string> words)
    {
        bool isOn = Arguments.Flag(words[0]);
        if (words.Count == 1)
        {
            return isOn ? CorsCredentials.On : CorsCredentials.Off;
        }

        return isOn && words[1] == "null" ? CorsCredentials.OnForNull : throw new FormatException($"'{words[0]} {words[1]}' is not On, On null or Off");
    }

    // Fetch Standard, "normalize a method": a page's "patch" is sent as it is, and is another method than PATCH.
    private static string MethodOf(string word)
    {
        string upper = word.ToUpperInvariant();
        if (ForbiddenMethods.Contains(upper))
        {
            throw new FormatException($"no browser lets a page send {word}");
        }

        return !FieldText.IsName(word) ? throw new FormatException($"'{word}' is no method")
            : word != upper && KnownMethods.Contains(upper) ? throw new FormatException($"'{word}' is no method: case counts, say {upper}")
            : word;
    }

    private static string FieldOf(string word) => FieldText.IsName(word) ? word : throw new FormatException($"'{word}' is not the name of a field");
}
