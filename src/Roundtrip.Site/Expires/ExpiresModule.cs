using Roundtrip.Configuration.Directives;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Expires;

/// <summary>mod_expires: Expires and Cache-Control's max-age by media type.</summary>
internal sealed class ExpiresModule : IConfigurationModule
{
    public string Name => "expires_module";

    public string SourceFile => "mod_expires.c";

    public IEnumerable<Directive> Directives =>
    [
        Directive.Of("ExpiresActive", Anywhere, "On or Off", ExpiresSettings.IsActive, Arguments.Flag),
        Directive.Of("ExpiresDefault", Anywhere, "a time, such as \"access plus 1 month\"", ExpiresSettings.Default, word => new ExpiryDefault(Expiry.Parse(word))),
        new("ExpiresByType", Anywhere, 2, 2, "a media type and a time, such as \"access plus 1 month\"", call =>
        {
            Expiry expiry = Expiry.Parse(call.Words[1]);
            call.Settings.Update(ExpiresSettings.ByType, all => all.SetItem(call.Words[0], expiry));
        }),
    ];
}
