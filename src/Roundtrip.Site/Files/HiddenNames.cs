using System.Text;

namespace Roundtrip.Site.Files;

/// <summary>The files of a folder that are not for visitors. They answer as if they were not there.</summary>
/// <param name="files">Files that are hidden for what they are, such as a private key: paths from the folder, without a first slash.</param>
/// <param name="beginnings">What the names of further ones begin with, such as rotated logs. An empty one hides all.</param>
internal sealed class HiddenNames(IEnumerable<string> files, IEnumerable<string>? beginnings = null)
{
    /// <summary>Nothing is hidden: a configuration says itself what is denied.</summary>
    public static readonly HiddenNames None = new([]) { HidesByRule = false };

    private readonly byte[][] _files = [.. files.Select(Encoding.UTF8.GetBytes)];

    private readonly byte[][] _beginnings = [.. (beginnings ?? []).Select(Encoding.UTF8.GetBytes)];

    private bool HidesByRule { get; init; } = true;

    /// <param name="relative">A path without its first slash.</param>
    public bool IsHidden(ReadOnlySpan<byte> relative) => IsHiddenAlsoToRun(relative) || (HidesByRule && IsSource(relative));

    /// <summary>Whether it is hidden for another reason than that it is a program's text: that may be run where a handler does so.</summary>
    /// <param name="relative">A path without its first slash.</param>
    public bool IsHiddenAlsoToRun(ReadOnlySpan<byte> relative)
    {
        foreach (byte[] file in _files)
        {
            if (Ascii.EqualsIgnoreCase(relative, file) || relative.SequenceEqual(file))
            {
                return true;
            }
        }

        foreach (byte[] beginning in _beginnings)
        {
            if (relative.Length >= beginning.Length && Ascii.EqualsIgnoreCase(relative[..beginning.Length], beginning))
            {
                return true;
            }
        }

        return HidesByRule && (HasDots(relative) || Ascii.EqualsIgnoreCase(relative, "site.conf"u8));
    }

    /// <summary>Whether a name in the path begins with a dot, which is hidden also where programs lie.</summary>
    public bool HidesDots(ReadOnlySpan<byte> relative) => HidesByRule && HasDots(relative);

    // A file system may ignore case, so these rules do.
    private static bool IsSource(ReadOnlySpan<byte> relative) => EndsWith(relative, ".py"u8) || EndsWith(relative, ".pyc"u8) || EndsWith(relative, ".wsgi"u8);

    private static bool HasDots(ReadOnlySpan<byte> relative)
    {
        // RFC 8615 §3: /.well-known/ is there to be asked for.
        bool isWellKnown = relative.StartsWith(".well-known/"u8) || relative.SequenceEqual(".well-known"u8);
        ReadOnlySpan<byte> dotted = isWellKnown ? relative[".well-known"u8.Length..] : relative;
        return dotted.StartsWith("."u8) || dotted.IndexOf("/."u8) >= 0;
    }

    private static bool EndsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> ending) =>
        name.Length >= ending.Length && Ascii.EqualsIgnoreCase(name[^ending.Length..], ending);
}
