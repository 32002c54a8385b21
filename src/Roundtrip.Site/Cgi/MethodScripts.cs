using System.Collections.Immutable;
using System.Text;
using Roundtrip.Http;
using Roundtrip.Site.Core;
using Roundtrip.Site.Files;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Cgi;

/// <summary>
/// Script (mod_actions): a program that answers a method for whatever the path names, a file, a folder or nothing. Deviates: what an internal redirect has led to is no program's; httpd asks one behind the
/// first redirect still.
/// </summary>
internal static class MethodScripts
{
    /// <returns>The path of the program that answers the request's method there; null where none does.</returns>
    public static string? Of(Exchange exchange, ResourceAbout about)
    {
        ImmutableDictionary<string, string> methods = about.Settings.Get(ActionsModule.Methods);
        if (methods.IsEmpty)
        {
            return null;
        }

        // mod_actions.c, action_handler: GET is a program's only with a query.
        RequestHead request = RequestFacts.RequestOf(exchange);
        bool isGet = IsGet(request);
        return isGet && !request.HasQuery ? null : methods.GetValueOrDefault(isGet ? "GET" : Encoding.Latin1.GetString(request.MethodName));
    }

    /// <summary>Whether what was found is left to it: a file, a folder or nothing. What comes before handlers (redirects, what is refused) or is another handler's (a list, what Action was to answer) is not.</summary>
    public static bool MayAnswer(Exchange exchange, Resource resource)
    {
        bool isLeft = resource.IsFile || resource.Status == 404 || ((resource.Listing is not null || resource.IsUnlisted) && !IsGet(RequestFacts.RequestOf(exchange)));

        // Deviates: what begins with a dot is shown to nobody here, and so no program is asked about it.
        return isLeft && resource.About.Action is null && !resource.About.Settings.Get(CoreSettings.HiddenNames).HidesDots(PathText.Bytes(resource.About.Path).AsSpan().TrimStart((byte)'/'));
    }

    /// <summary>The methods that programs answer there, as a value of Allow (RFC 9110 section 10.2.1); null where there are none but GET.</summary>
    public static string? Allowed(ResourceAbout about) =>
        string.Join(", ", about.Settings.Get(ActionsModule.Methods).Keys.Where(static method => method is not ("GET" or "OPTIONS")).Order(StringComparer.Ordinal)) is { Length: > 0 } methods ? methods : null;

    private static bool IsGet(RequestHead request) => request.Method is Method.Get or Method.Head;
}
