using System.Text;

namespace Roundtrip.Site.Files;

/// <summary>The files of a folder that are not for visitors. They answer as if they were not there.</summary>
internal static class HiddenNames
{
    /// <param name="relative">A path without its first slash.</param>
    public static bool IsHidden(ReadOnlySpan<byte> relative)
    {
        // RFC 8615 §3: /.well-known/ is there to be asked for.
        bool isWellKnown = relative.StartsWith(".well-known/"u8) || relative.SequenceEqual(".well-known"u8);
        ReadOnlySpan<byte> dotted = isWellKnown ? relative[".well-known"u8.Length..] : relative;
        if (dotted.StartsWith("."u8) || dotted.IndexOf("/."u8) >= 0)
        {
            return true;
        }

        // A file system may ignore case, so these rules do.
        return EndsWith(relative, ".py"u8) || EndsWith(relative, ".wsgi"u8) || Ascii.EqualsIgnoreCase(relative, "site.conf"u8);
    }

    /// <param name="privateFiles">Paths that this site hides beside those that every site does.</param>
    public static bool IsHidden(ReadOnlySpan<byte> relative, byte[][] privateFiles)
    {
        foreach (byte[] file in privateFiles)
        {
            if (Ascii.EqualsIgnoreCase(relative, file) || relative.SequenceEqual(file))
            {
                return true;
            }
        }

        return IsHidden(relative);
    }

    private static bool EndsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> ending) =>
        name.Length >= ending.Length && Ascii.EqualsIgnoreCase(name[^ending.Length..], ending);
}
