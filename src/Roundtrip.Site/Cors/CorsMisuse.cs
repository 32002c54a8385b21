using Roundtrip.Configuration;
using Roundtrip.Configuration.Sections;
using Roundtrip.Configuration.Settings;
using Roundtrip.Configuration.VirtualHosts;

namespace Roundtrip.Site.Cors;

/// <summary>
/// What the directives say together and must not: looked for in each server and in each of its sections as they are merged with what stands around them. Sections that meet only for some path are not put
/// together here; <see cref="CorsRules.AllowsCredentials"/> holds then.
/// </summary>
internal static class CorsMisuse
{
    /// <returns>Each fault once.</returns>
    public static IEnumerable<ConfigurationError> Of(BuiltConfiguration built) =>
        built.Hosts.Prepend(built.Main).SelectMany(Of).Distinct();

    private static IEnumerable<ConfigurationError> Of(ServerConfiguration server) =>
        FaultsOf(server.Settings).Concat(server.Walk.Sections.SelectMany(section => Of(server.Settings, section)));

    private static IEnumerable<ConfigurationError> Of(SettingBag around, Section section)
    {
        SettingBag merged = SettingBag.Merge(around, section.Settings);
        return (section.Settings.Has(CorsSettings.Policy) ? FaultsOf(merged) : []).Concat(section.Nested.SelectMany(inner => Of(merged, inner)));
    }

    private static IEnumerable<ConfigurationError> FaultsOf(SettingBag settings)
    {
        CorsPolicy policy = settings.Get(CorsSettings.Policy);
        if (policy.Credentials is not (CorsCredentials.On or CorsCredentials.OnForNull) || policy.Rules is not { } rules)
        {
            yield break;
        }

        SourcePosition at = policy.CredentialsAt!.Value;
        if (rules.AllowsAny)
        {
            // Fetch Standard, "CORS protocol and credentials": browsers refuse the two together, and whoever mirrored each origin instead would give every site the user's session.
            yield return new ConfigurationError(at, $"CorsCredentials: not with CorsOrigin * ({policy.OriginsAt}): name the origins that may act for a user");
        }

        if (policy.Credentials == CorsCredentials.On && policy.Origins!.Value.Contains(AllowedOrigin.Null))
        {
            yield return new ConfigurationError(at, $"CorsCredentials: any site can make a page whose origin is null, and CorsOrigin allows that ({policy.OriginsAt}): say 'On null' if it is meant");
        }

        foreach ((string name, IEnumerable<string> words) in new (string, IEnumerable<string>)[]
            { ("CorsMethods", policy.Methods ?? []), ("CorsHeaders", policy.Headers ?? []), ("CorsExposeHeaders", policy.Exposed ?? []) })
        {
            if (words.Contains("*"))
            {
                yield return new ConfigurationError(at, $"CorsCredentials: with credentials the * of {name} is only a name: list them");
            }
        }
    }
}
