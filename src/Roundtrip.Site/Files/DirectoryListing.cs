using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Site.Serving;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Files;

/// <summary>The page that lists a directory, where a site has asked for that.</summary>
internal static class DirectoryListing
{
    // A directory of more names is listed as far as this.
    private const int MaximumEntries = 10_000;

    /// <param name="directory">The open directory.</param>
    /// <param name="relative">Its path in the folder with a slash at the end; empty for the folder itself.</param>
    public static Resource Load(ResourceAbout about, SafeFileHandle directory, ReadOnlySpan<byte> relative, HiddenNames hidden)
    {
        List<DirectoryEntry>? entries = DirectoryReader.Read(directory, MaximumEntries);
        if (entries is null)
        {
            return Resource.OfStatus(about, 403);
        }

        byte[] prefix = relative.ToArray();
        entries.RemoveAll(entry => entry.Stamp.Kind == FileKind.Other || hidden.IsHidden([.. prefix, .. entry.Name]));
        entries.Sort(Compare);

        byte[] text = Encoding.UTF8.GetBytes(Write(about.Path, entries));
        byte[] page = GC.AllocateUninitializedArray<byte>(text.Length, pinned: true);
        text.CopyTo(page, 0);
        return Resource.OfListing(about, page);
    }

    private static int Compare(DirectoryEntry left, DirectoryEntry right)
    {
        int byKind = (right.Stamp.Kind == FileKind.Directory).CompareTo(left.Stamp.Kind == FileKind.Directory);
        return byKind != 0 ? byKind : left.Name.AsSpan().SequenceCompareTo(right.Name);
    }

    private static string Write(string path, List<DirectoryEntry> entries)
    {
        string title = "Index of " + WebUtility.HtmlEncode(path);
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>").Append(title).Append("</title>\n")
            .Append("<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem}td,th{padding:0 2rem 0 0;text-align:left}td.n,th.n{text-align:right}</style>\n")
            .Append("<h1>").Append(title).Append("</h1>\n<table>\n<tr><th>Name<th class=\"n\">Size<th>Last modified (UTC)\n");
        if (path.Length > 1)
        {
            page.Append("<tr><td><a href=\"../\">../</a><td><td>\n");
        }

        foreach (DirectoryEntry entry in entries)
        {
            bool isDirectory = entry.Stamp.Kind == FileKind.Directory;
            string slash = isDirectory ? "/" : "";

            // "./" keeps a name with a colon from being read as a scheme (RFC 3986 section 4.2).
            page.Append("<tr><td><a href=\"./").Append(PathEncoding.Encode(entry.Name)).Append(slash).Append("\">").Append(Text(entry.Name)).Append(slash)
                .Append("</a><td class=\"n\">").Append(isDirectory ? "" : entry.Stamp.Size.ToString("N0", CultureInfo.InvariantCulture))
                .Append("<td>").Append(Date(entry.Stamp.Modified)).Append('\n');
        }

        return page.Append("</table>\n</html>\n").ToString();
    }

    // A name is bytes, and may be no UTF-8: what is not becomes U+FFFD in the text; the link has the bytes.
    private static string Text(ReadOnlySpan<byte> name) => WebUtility.HtmlEncode(Encoding.UTF8.GetString(name));

    private static string Date(long nanoseconds) =>
        DateTime.UnixEpoch.AddTicks(nanoseconds / 100).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
