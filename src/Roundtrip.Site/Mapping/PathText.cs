using System.Text;

namespace Roundtrip.Site.Mapping;

/// <summary>Paths are bytes, configurations and patterns are text. A path that is UTF-8 is read as such; any other byte for byte, which loses nothing either way.</summary>
internal static class PathText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Of(ReadOnlySpan<byte> path) =>
        System.Text.Unicode.Utf8.IsValid(path) ? Encoding.UTF8.GetString(path) : string.Concat(Marker, Encoding.Latin1.GetString(path));

    public static byte[] Bytes(string text) => text.Contains(Marker) ? Encoding.Latin1.GetBytes(text.Replace(MarkerText, "", StringComparison.Ordinal)) : Strict.GetBytes(text);

    /// <summary>Whether the text is of a path that is no UTF-8.</summary>
    public static bool IsRaw(string text) => text.Contains(Marker);

    // A character that no valid UTF-8 of a path gives, since noncharacters are left alone by everybody.
    private const char Marker = '\uFFFF';
    private const string MarkerText = "\uFFFF";
}
