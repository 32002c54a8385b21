using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Headers;

/// <summary>mod_headers' settings: what an inner scope says is added to what an outer one says.</summary>
internal static class HeadersSettings
{
    /// <summary><c>Header always</c>: of all responses. Like httpd's second table of fields it stands before the other.</summary>
    public static readonly SettingKey<FieldEdits> Always = new(FieldEdits.None, FieldEdits.Merge);

    /// <summary>Header: of responses that are not the server's own word of an error or redirect.</summary>
    public static readonly SettingKey<FieldEdits> OnSuccess = new(FieldEdits.None, FieldEdits.Merge);

    /// <summary>RequestHeader.</summary>
    public static readonly SettingKey<FieldEdits> Request = new(FieldEdits.None, FieldEdits.Merge);
}
