using System.Collections.Immutable;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Expires;

/// <summary>mod_expires' settings.</summary>
internal static class ExpiresSettings
{
    public static readonly SettingKey<bool> IsActive = new(false);

    /// <summary>ExpiresByType: by the media type, or <c>image/*</c>.</summary>
    public static readonly SettingKey<ImmutableDictionary<string, Expiry>> ByType =
        new(ImmutableDictionary.Create<string, Expiry>(StringComparer.OrdinalIgnoreCase), (outer, inner) => outer.SetItems(inner));

    /// <summary>ExpiresDefault.</summary>
    public static readonly SettingKey<ExpiryDefault> Default = new(new ExpiryDefault(null));

    /// <returns>What there is for a response of a type; null for nothing.</returns>
    /// <param name="contentType">With its parameters; empty for none.</param>
    public static Expiry? For(SettingBag settings, string contentType)
    {
        if (!settings.Get(IsActive))
        {
            return null;
        }

        string type = contentType.Split(';')[0].Trim();
        int slash = type.IndexOf('/');
        ImmutableDictionary<string, Expiry> byType = settings.Get(ByType);
        return byType.GetValueOrDefault(type)
            ?? (slash < 0 ? null : byType.GetValueOrDefault(type[..(slash + 1)] + "*"))
            ?? settings.Get(Default).Expiry;
    }
}

/// <param name="Expiry">Null where there is no default.</param>
internal sealed record ExpiryDefault(Expiry? Expiry);
