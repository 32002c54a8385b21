using Roundtrip.Configuration.Settings;
using Roundtrip.Http;
using Roundtrip.Site.Cors;
using Roundtrip.Site.Expires;
using Roundtrip.Site.Files;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Headers;

/// <summary>
/// Composes the fields of a response from those that its maker gives and those that the configuration adds, as httpd does: mod_expires first, then Header's two tables. Where the outcome is
/// the same for every request it is made once, when the resource is loaded; <see cref="Respond(Exchange, int, FieldBlock, long)"/> and its kin do the rest for each response. What stands in
/// <see cref="Exchange.ResponseFields"/> goes out behind it, as it is.
/// </summary>
internal static class ResponseFields
{
    /// <summary>Whether what a request says counts for its response's fields, or for those that later readers see of its own.</summary>
    public static bool DependOnRequest(SettingBag settings) => !settings.Get(HeadersSettings.Always).IsSameForAll
        || !settings.Get(HeadersSettings.OnSuccess).IsSameForAll || !settings.Get(HeadersSettings.Request).All.IsEmpty;

    /// <summary>Whether responses by these settings can be made beforehand, but for the two fields of mod_expires, which depend on the time and are not edited then.</summary>
    public static bool CanBePrepared(SettingBag settings)
    {
        FieldEdits onSuccess = settings.Get(HeadersSettings.OnSuccess);
        return !DependOnRequest(settings) && !(settings.Get(ExpiresSettings.IsActive) && (onSuccess.Touch("Expires") || onSuccess.Touch("Cache-Control")));
    }

    /// <summary>The fields of a good response as they are sent, where they can be prepared; otherwise as the maker gives them.</summary>
    public static FieldBlock Prepare(FieldBlock made, SettingBag settings)
    {
        if (!CanBePrepared(settings) || !HasEdits(settings))
        {
            return made;
        }

        var fields = new FieldList();
        fields.Add(made);
        return Compose(fields, settings, null, isError: false).ToBlock();
    }

    /// <summary>Begins a good response with fields that were made for it alone: of a listing, of OPTIONS.</summary>
    public static void Respond(Exchange exchange, int status, FieldBlock made, long length) => RespondWith(exchange, status, made, length, isError: false);

    /// <summary>Begins the server's own word of an error or a redirect.</summary>
    public static void RespondToFailure(Exchange exchange, int status, FieldBlock made, long length) => RespondWith(exchange, status, made, length, isError: true);

    /// <summary>Begins a response with a file.</summary>
    /// <param name="prepared">Of the representation's blocks the one that is for this status.</param>
    /// <param name="now">Seconds since 1970.</param>
    public static void Respond(Exchange exchange, int status, Representation selected, FieldBlock prepared, long length, long now)
    {
        exchange.AllowsPush = selected.AllowsPush;
        if (selected.IsPrepared)
        {
            if (status < 400 && selected.Expiry is { } expiry)
            {
                AddExpiry(exchange, expiry.At(now, selected.LastModified), now);
            }

            Begin(exchange, status, prepared, length);
            return;
        }

        var fields = new FieldList();
        fields.Add(prepared);
        if (status < 400 && selected.Expiry is { } each)
        {
            AddExpiry(fields, each.At(now, selected.LastModified), now);
        }

        FieldList composed = Compose(fields, selected.Settings, exchange.Context as RequestFacts, isError: false);
        if (ReferenceEquals(prepared, selected.PartsFields))
        {
            // Several ranges have a type of their own, which nothing edits: the boundary stands in it.
            composed.Remove("Content-Type");
        }

        Begin(exchange, status, composed.ToBlock(), length);
    }

    /// <summary>Begins a response whose fields stand in <see cref="Exchange.ResponseFields"/>: a program's own.</summary>
    public static void RespondToOwn(Exchange exchange, int status, long length)
    {
        SettingBag settings = exchange.Context switch
        {
            RequestFacts known => known.Settings,
            ResourceAbout about => about.Settings,
            _ => SettingBag.Empty,
        };
        if (!HasEdits(settings) && (status >= 400 || !settings.Get(ExpiresSettings.IsActive)))
        {
            Begin(exchange, status, FieldBlock.Empty, length);
            return;
        }

        FieldBuffer own = exchange.ResponseFields;
        var fields = new FieldList();
        foreach (ref readonly FieldEntry field in own.Fields)
        {
            fields.Add(System.Text.Encoding.Latin1.GetString(own.At(field.Name)), System.Text.Encoding.Latin1.GetString(own.At(field.Value)));
        }

        own.Clear();
        RespondWith(exchange, status, fields.ToBlock(), length, isError: false);
    }

    private static void RespondWith(Exchange exchange, int status, FieldBlock made, long length, bool isError)
    {
        (SettingBag settings, RequestFacts? facts) = exchange.Context switch
        {
            RequestFacts known => (known.Settings, known),
            ResourceAbout about => (about.Settings, null),
            _ => (SettingBag.Empty, null),
        };
        Expiry? expiry = status < 400 ? ExpiresSettings.For(settings, System.Text.Encoding.Latin1.GetString(made.Value("Content-Type"u8))) : null;
        if (!HasEdits(settings) && expiry is null or { IsFromModification: true })
        {
            Begin(exchange, status, made, length);
            return;
        }

        var fields = new FieldList();
        fields.Add(made);
        if (expiry is { IsFromModification: false })
        {
            long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            AddExpiry(fields, expiry.At(now, now), now);
        }

        // A condition needs a request to be asked about, also where it was refused before anything was known of it.
        if (facts is null && DependOnRequest(settings) && exchange.Context is ResourceAbout refused)
        {
            facts = RequestFacts.Of(exchange, refused);
        }

        Begin(exchange, status, Compose(fields, settings, facts, isError).ToBlock(), length);
    }

    // Every response of the site begins here.
    private static void Begin(Exchange exchange, int status, FieldBlock fields, long length) => exchange.Respond(status, CorsFields.Complete(exchange, fields), length);

    private static bool HasEdits(SettingBag settings) =>
        !settings.Get(HeadersSettings.Always).All.IsEmpty || !settings.Get(HeadersSettings.OnSuccess).All.IsEmpty;

    // http_filters.c: the fields of the "always" table stand before the others, and one name may stand in both.
    private static FieldList Compose(FieldList made, SettingBag settings, RequestFacts? request, bool isError)
    {
        var always = new FieldList();
        settings.Get(HeadersSettings.Always).Apply(always, request);
        if (!isError)
        {
            settings.Get(HeadersSettings.OnSuccess).Apply(made, request);
        }

        foreach ((string name, string value) in made.All)
        {
            // Content-Type is no field of a table in httpd: there is one.
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) && always.Find(name) is not null)
            {
                continue;
            }

            always.Add(name, value);
        }

        return always;
    }

    private static void AddExpiry(FieldList fields, long at, long now)
    {
        Span<byte> date = stackalloc byte[HttpDate.Length];
        HttpDate.Format(at, date);
        fields.Append("Cache-Control", $"max-age={at - now}");
        fields.Add("Expires", System.Text.Encoding.ASCII.GetString(date));
    }

    // No edit touches these two fields, and no maker of files sets them: they go behind what was prepared, without an allocation.
    private static void AddExpiry(Exchange exchange, long at, long now)
    {
        Span<byte> date = stackalloc byte[HttpDate.Length];
        HttpDate.Format(at, date);
        Span<byte> age = stackalloc byte["max-age="u8.Length + 20];
        "max-age="u8.CopyTo(age);
        System.Buffers.Text.Utf8Formatter.TryFormat(at - now, age["max-age="u8.Length..], out int digits);
        exchange.ResponseFields.Add("Cache-Control"u8, age[..("max-age="u8.Length + digits)]);
        exchange.ResponseFields.Add("Expires"u8, date);
    }
}
