using System.Runtime.InteropServices;
using System.Text;
using Roundtrip.Configuration.Settings;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Companions;
using Roundtrip.Site.Http2;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Variables;

namespace Roundtrip.Site.EarlyHints;

/// <summary>
/// One host's early hints on one loop. A page that is answered at once gets none: its head goes out in the same write, and says the same. What is not is told what its page needs as soon as it leaves the
/// loop, by the configuration and, where the host learns, by what clients fetched before.
/// </summary>
internal sealed class HostHints(SiteLoop site, SiteHost host, EarlyHintsMode mode)
{
    private const int Status = 103;

    private SharedCompanions? Learnt => host.Companions;

    /// <summary>The hints of a host on a loop; null where it has none.</summary>
    public static HostHints? Of(SiteLoop site, SiteHost host) =>
        host.Settings.Get(EarlyHintsSettings.Mode) is var mode and not EarlyHintsMode.Off ? new HostHints(site, host, mode) : null;

    /// <summary>A request came.</summary>
    public void Began(Exchange exchange)
    {
        if (Learnt is { } learnt && Navigation.Is(exchange.Request) && Navigation.MayBeLearnt(exchange.Request))
        {
            exchange.Companions = learnt.Visit(exchange.Request.Path, ClientOf(exchange), exchange.Connection.Now);
        }
    }

    /// <summary>The request is not answered at once.</summary>
    public void Unanswered(Exchange exchange)
    {
        RequestHead request = exchange.Request;
        if (!Navigation.Is(request) || (mode == EarlyHintsMode.Http2 && request.Version < ProtocolVersion.Http2))
        {
            return;
        }

        // Access is decided later, perhaps elsewhere: what a page needs is told only where everybody may have the page.
        if (SiteLoop.AboutOf(host, request.Path) is not { } about || !IsForAll(about))
        {
            return;
        }

        exchange.Context ??= about;
        List<(string, string)> fields = FieldsOf(about.Settings, exchange.Companions);
        if (fields.Count > 0 && !IsForbidden(exchange, about))
        {
            exchange.AllowsPush = about.Settings.Get(Http2Settings.Push);
            exchange.Inform(Status, FieldBlock.Create(CollectionsMarshal.AsSpan(fields)));
        }
    }

    /// <summary>The request was answered.</summary>
    public void Ended(Exchange exchange)
    {
        RequestHead request = exchange.Request;
        if (Learnt is not { } learnt || request.Method != Method.Get || !Navigation.MayBeLearnt(request))
        {
            return;
        }

        PeerAddress client = ClientOf(exchange);
        if (Navigation.Is(request))
        {
            if (exchange.Status != 200)
            {
                learnt.Failed(request.Path, client);
            }
        }
        else if (exchange.Status is 200 or 304 && Navigation.RefererOf(request) is { IsEmpty: false } referer && IsCompanion(request, out CompanionKind kind, out bool isCors)
            && learnt.IsVisiting(client, referer, exchange.Connection.Now) && SiteLoop.AboutOf(host, request.Path) is { } about && IsForAll(about))
        {
            learnt.Fetched(referer, client, request.Path, kind, isCors, exchange.Connection.Now);
        }
    }

    private static bool IsForAll(ResourceAbout about) => about.IsGranted && about.Sections.Conditions.Count == 0 && !about.IsGuardedByDirective;

    private static PeerAddress ClientOf(Exchange exchange) => exchange.Connection.Remote.WithoutHost();

    // no-early-hints, by BrowserMatch and its kin, or by SetEnv.
    private bool IsForbidden(Exchange exchange, ResourceAbout about)
    {
        VariableOutcome variables = site.VariablesOf(host, exchange.Request, exchange);
        return variables.IsUndecided || variables.Variables.ContainsKey(ObeyedVariables.NoEarlyHints)
            || about.Settings.Get(VariableSettings.Fixed).All.ContainsKey(ObeyedVariables.NoEarlyHints);
    }

    private static List<(string Name, string Value)> FieldsOf(SettingBag settings, IReadOnlyList<Companion> companions)
    {
        List<(string, string)> fields = [.. settings.Get(EarlyHintsSettings.Fields)];
        foreach (string link in settings.Get(Http2Settings.PushResources))
        {
            fields.Add(("Link", link));
        }

        foreach (Companion companion in companions)
        {
            // What the configuration names of the same path it knows better.
            string target = $"<{Encoding.Latin1.GetString(companion.Path)}>";
            if (!fields.Exists(field => field.Item2.StartsWith(target, StringComparison.Ordinal)))
            {
                fields.Add(("Link", companion.Link));
            }
        }

        return fields;
    }

    private static bool IsCompanion(RequestHead request, out CompanionKind kind, out bool isCors)
    {
        ReadOnlySpan<byte> mode = request.Value(KnownField.SecFetchMode);
        isCors = mode.SequenceEqual("cors"u8);
        CompanionKind? known = request.Value(KnownField.SecFetchDest) switch
        {
            var dest when dest.SequenceEqual("style"u8) => CompanionKind.Style,
            var dest when dest.SequenceEqual("script"u8) => CompanionKind.Script,
            var dest when dest.SequenceEqual("font"u8) => CompanionKind.Font,
            var dest when dest.SequenceEqual("image"u8) => CompanionKind.Image,
            _ => null,
        };
        kind = known ?? default;

        // What would not stand in a Link field as it is, is no companion.
        return known is not null && (isCors || mode.SequenceEqual("no-cors"u8)) && !request.Path.ContainsAny("<>\" "u8);
    }
}
