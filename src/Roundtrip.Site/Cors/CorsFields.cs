using System.Text;
using Roundtrip.Http;
using Roundtrip.Site.LiveHub;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Cors;

/// <summary>
/// The fields by which a response says who may read it (Fetch Standard, "CORS protocol"), added to every response of a path where CorsOrigin holds. Nobody else's count there: those of an application or of
/// Header are taken away, since two values of one field allow nobody.
/// </summary>
internal static class CorsFields
{
    private static ReadOnlySpan<byte> Prefix => "Access-Control-"u8;

    /// <summary>Adds the fields to <see cref="Exchange.ResponseFields"/>.</summary>
    /// <param name="shared">The block that is to go out with them.</param>
    /// <returns>The block, without fields of CORS where these hold.</returns>
    public static FieldBlock Complete(Exchange exchange, FieldBlock shared)
    {
        return RulesOf(exchange) is { } rules ? Add(exchange, rules, shared) : shared;
    }

    /// <summary>Adds the fields to an engine's own answer, so that the page that asked sees its status: those of the path, or, where that was not looked up yet, of the host; or of the hub that speaks for itself there.</summary>
    public static void AddToRefusal(Exchange exchange, SiteHost host)
    {
        HubDefinition hub = host.Settings.Get(LiveSettings.Hub);
        if (hub is { IsThere: true, Origins.IsEmpty: false } && exchange.Request.Path.StartsWith(Encoding.UTF8.GetBytes(hub.Path)))
        {
            HubResponses.AllowOrigin(exchange, hub);
        }
        else if (exchange.Context is not null)
        {
            Complete(exchange, FieldBlock.Empty);
        }
        else if (host.Settings.Get(CorsSettings.Policy).Rules is { } rules)
        {
            Add(exchange, rules, FieldBlock.Empty);
        }
    }

    /// <summary>The rules of the path that was asked for, also where an error's document or a program's other path answers for it; null where none hold.</summary>
    public static CorsRules? RulesOf(Exchange exchange)
    {
        object? context = exchange.Context;
        while (context is RequestFacts { Original: { } original })
        {
            context = original;
        }

        return context switch
        {
            ResourceAbout about => RulesOf(about.Settings, about.Handler),
            RequestFacts facts => RulesOf(facts.Settings, facts.Handler),
            _ => null,
        };
    }

    private static FieldBlock Add(Exchange exchange, CorsRules rules, FieldBlock shared)
    {
        RequestHead request = exchange.Request;
        FieldBuffer fields = exchange.ResponseFields;
        fields.RemoveStartingWith(Prefix);
        shared = Without(shared);
        AddVary(request, rules, fields, shared);
        if (!rules.Allows(request))
        {
            return shared;
        }

        ReadOnlySpan<byte> origin = request.Value(KnownField.Origin);
        fields.Add("Access-Control-Allow-Origin"u8, rules.AllowsAny ? "*"u8 : origin);
        if (rules.AllowsCredentials(origin))
        {
            fields.Add("Access-Control-Allow-Credentials"u8, "true"u8);
        }

        if (Preflights.IsOne(request))
        {
            fields.Add("Access-Control-Allow-Methods"u8, rules.Methods);
            AddUnlessEmpty(fields, "Access-Control-Allow-Headers"u8, rules.Headers);
            fields.Add("Access-Control-Max-Age"u8, rules.MaxAge);
        }
        else
        {
            AddUnlessEmpty(fields, "Access-Control-Expose-Headers"u8, rules.Exposed);
        }

        return shared;
    }

    // A hub whose LiveAllowOrigin says who may use it answers for itself, preflights too.
    private static CorsRules? RulesOf(Configuration.Settings.SettingBag settings, string? handler) =>
        settings.Get(CorsSettings.Policy).Rules is { } rules && !(handler == HubHandler.HandlerName && !settings.Get(LiveSettings.Hub).Origins.IsEmpty) ? rules : null;

    // Fetch Standard, "CORS protocol and HTTP caches": who reads a response that a cache kept for another, or for a request without Origin, must find it his own. Where any origin is allowed all get the same.
    private static void AddVary(RequestHead request, CorsRules rules, FieldBuffer fields, FieldBlock shared)
    {
        if (request.Method == Method.Options)
        {
            // Whether it is a preflight at all depends on the three.
            fields.Add("Vary"u8, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"u8);
        }
        else if (!rules.AllowsAny && !IsVaried(fields) && !IsVaried(shared))
        {
            fields.Add("Vary"u8, "Origin"u8);
        }
    }

    private static bool IsVaried(FieldBuffer fields)
    {
        foreach (ref readonly FieldEntry field in fields.Fields)
        {
            if (Ascii.EqualsIgnoreCase(fields.At(field.Name), "Vary"u8) && NamesOrigin(fields.At(field.Value)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsVaried(FieldBlock block)
    {
        foreach (ref readonly FieldEntry field in block.Fields)
        {
            if (Ascii.EqualsIgnoreCase(block.At(field.Name), "Vary"u8) && NamesOrigin(block.At(field.Value)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool NamesOrigin(ReadOnlySpan<byte> list)
    {
        foreach (Range item in list.Split((byte)','))
        {
            if (FieldRules.Trim(list[item]) is var name && (name.SequenceEqual("*"u8) || Ascii.EqualsIgnoreCase(name, "Origin"u8)))
            {
                return true;
            }
        }

        return false;
    }

    private static void AddUnlessEmpty(FieldBuffer fields, ReadOnlySpan<byte> name, byte[] value)
    {
        if (value.Length > 0)
        {
            fields.Add(name, value);
        }
    }

    // Only Header puts such fields into a block.
    private static FieldBlock Without(FieldBlock block)
    {
        foreach (ref readonly FieldEntry field in block.Fields)
        {
            ReadOnlySpan<byte> name = block.At(field.Name);
            if (name.Length > Prefix.Length && Ascii.EqualsIgnoreCase(name[..Prefix.Length], Prefix))
            {
                var others = new Headers.FieldList();
                others.Add(block);
                others.RemoveStartingWith("Access-Control-");
                return others.ToBlock();
            }
        }

        return block;
    }
}
