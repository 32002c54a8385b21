using System.Globalization;
using System.Net;
using System.Text;
using Roundtrip.Site.Files;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Mime;

namespace Roundtrip.Site.Directories;

/// <summary>
/// Writes a list as HTML: the columns and links of mod_autoindex. Deviates: HTML5 whatever XHTML says, and with FancyIndexing always a table, since columns made of spaces say nothing to who hears them.
/// </summary>
internal sealed class ListingPage(Listing listing, ListingOrder order)
{
    private readonly StringBuilder _page = new();
    private readonly IndexOptions _options = listing.About.Settings.Get(DirectorySettings.ListingOptions);
    private readonly IndexSettings _settings = listing.About.Settings.Get(DirectorySettings.Listing);

    private bool IsFancy => (order.Flags & IndexFlags.FancyIndexing) != 0;

    private bool HasIcons => !_options.Has(IndexFlags.SuppressIcon) && (_settings.DefaultIcon is not null || _settings.Icons.Length > 0);

    /// <param name="visible">For each entry, whether it is shown.</param>
    /// <param name="signature">ServerSignature's line, as HTML; empty for none.</param>
    /// <param name="header">What stands above the list; null for the heading alone.</param>
    public byte[] Write(bool[] visible, ListingInsert? header, ListingInsert? readme, string signature = "")
    {
        ListingEntry[] entries = [.. listing.Entries.Where((entry, index) => visible[index] && order.Shows(entry.Text))];
        Array.Sort(entries, (left, right) => order.Compare(left, right, Describe));

        string title = "Index of " + Html(listing.About.Path.Length > 1 ? listing.About.Path.TrimEnd('/') : "/");
        bool isBare = header is { IsHtml: true } && _options.Has(IndexFlags.SuppressHtmlPreamble);
        if (!isBare)
        {
            WriteHead(title);
        }

        if (header is null)
        {
            _page.Append("<h1>").Append(title).Append("</h1>\n");
        }

        WriteInsert(header);
        if (IsFancy)
        {
            WriteTable(entries);
        }
        else
        {
            WriteList(entries);
        }

        WriteInsert(readme);
        _page.Append(signature).Append("</body>\n</html>\n");
        return Encoding.UTF8.GetBytes(_page.ToString());
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    // A colon in the first segment would be read as a scheme's (RFC 3986 section 4.2).
    private static string Link(ListingEntry entry)
    {
        string encoded = PathEncoding.Encode(entry.Name) + (entry.IsDirectory ? "/" : "");
        return Html(encoded.Contains(':') ? "./" + encoded : encoded);
    }

    private void WriteHead(string title)
    {
        _page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>").Append(title).Append("</title>\n");
        _ = _settings.StyleSheet is { } sheet
            ? _page.Append("<link rel=\"stylesheet\" href=\"").Append(Html(sheet)).Append("\">\n")
            : _page.Append("<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem}td,th{padding:0 2rem 0 0;text-align:left}.n{text-align:right}</style>\n");
        _page.Append(_settings.HeadInsert is { } insert ? insert + "\n" : "").Append("</head>\n<body>\n");
    }

    private void WriteInsert(ListingInsert? insert)
    {
        if (insert is not null)
        {
            _ = insert.IsHtml ? _page.Append(insert.Text).Append('\n') : _page.Append("<pre>").Append(Html(insert.Text)).Append("</pre>\n");
        }
    }

    private void WriteList(ListingEntry[] entries)
    {
        _page.Append("<ul>\n");
        if (listing.About.Path.Length > 1)
        {
            _page.Append("<li><a href=\"").Append(Parent()).Append("\">Parent Directory</a></li>\n");
        }

        foreach (ListingEntry entry in entries)
        {
            _page.Append("<li><a href=\"").Append(Link(entry)).Append("\">").Append(Html(entry.Text)).Append(entry.IsDirectory ? "/" : "").Append("</a></li>\n");
        }

        _page.Append("</ul>\n");
    }

    private void WriteTable(ListingEntry[] entries)
    {
        _page.Append("<table id=\"indexlist\">\n<thead>\n<tr>");
        if (HasIcons)
        {
            string blank = IndexSettings.FindFixed(_settings.Icons, "^^BLANKICON^^") ?? _settings.DefaultIcon ?? "";
            _page.Append("<td>").Append(blank.Length == 0 ? "" : Icon(blank, "[ICO]")).Append("</td>");
        }

        WriteColumn('N', "Name", "");
        WriteColumn('M', "Last modified", "");
        WriteColumn('S', "Size", " class=\"n\"");
        WriteColumn('D', "Description", "");
        _page.Append("</tr>\n</thead>\n<tbody>\n");
        if (listing.About.Path.Length > 1)
        {
            string path = listing.About.FileName + "..";
            WriteRow(IndexSettings.Find(_settings.Icons, path, "", "") ?? _settings.DefaultIcon, IndexSettings.Find(_settings.Alternatives, path, "", "") ?? "PARENTDIR",
                Parent(), "Parent Directory", "", "-", "");
        }

        foreach (ListingEntry entry in entries)
        {
            (string? icon, string alternative) = IconOf(entry);
            string text = Html(Cut(entry.Text + (entry.IsDirectory ? "/" : ""), _options.NameLimit));
            WriteRow(icon, alternative, Link(entry), text, Date(entry.Stamp.Modified), entry.IsDirectory ? "-" : Size(entry.Stamp.Size), Cut(Describe(entry), _options.DescriptionLimit));
        }

        _page.Append("</tbody>\n</table>\n");
    }

    private bool Has(char column) => column switch
    {
        'M' => !_options.Has(IndexFlags.SuppressLastModified),
        'S' => !_options.Has(IndexFlags.SuppressSize),
        'D' => !_options.Has(IndexFlags.SuppressDescription),
        _ => true,
    };

    // emit_link: the column by which the list is sorted leads to the other direction.
    private void WriteColumn(char column, string text, string attribute)
    {
        if (!Has(column))
        {
            return;
        }

        string sorted = order.Column == column ? order.IsAscending ? " aria-sort=\"ascending\"" : " aria-sort=\"descending\"" : "";
        char direction = order.Column == column && order.IsAscending ? 'D' : 'A';
        _page.Append("<th scope=\"col\"").Append(attribute).Append(sorted).Append('>');
        _ = _options.Has(IndexFlags.SuppressColumnSorting)
            ? _page.Append(text)
            : _page.Append("<a href=\"?C=").Append(column).Append(";O=").Append(direction).Append(Html(order.Kept)).Append("\">").Append(text).Append("</a>");
        _page.Append("</th>");
    }

    private void WriteRow(string? icon, string alternative, string link, string text, string date, string size, string description)
    {
        _page.Append("<tr>");
        if (HasIcons)
        {
            string image = icon is null ? "" : Icon(icon, $"[{alternative}]");
            _page.Append("<td>").Append(_options.Has(IndexFlags.IconsAreLinks) && image.Length > 0 ? $"<a href=\"{link}\">{image}</a>" : image).Append("</td>");
        }

        _page.Append("<td><a href=\"").Append(link).Append("\">").Append(text).Append("</a></td>");
        _page.Append(Has('M') ? $"<td>{date}</td>" : "").Append(Has('S') ? $"<td class=\"n\">{size}</td>" : "").Append(Has('D') ? $"<td>{description}</td>" : "").Append("</tr>\n");
    }

    private string Icon(string path, string alternative)
    {
        string size = (_options.IconWidth is { } width ? $" width=\"{width}\"" : "") + (_options.IconHeight is { } height ? $" height=\"{height}\"" : "");
        return $"<img src=\"{Html(path)}\" alt=\"{Html(alternative)}\"{size}>";
    }

    private (string? Icon, string Alternative) IconOf(ListingEntry entry)
    {
        string path = entry.About.FileName.TrimEnd('/');
        if (entry.IsDirectory)
        {
            return (IndexSettings.FindFixed(_settings.Icons, "^^DIRECTORY^^") ?? _settings.DefaultIcon, IndexSettings.FindFixed(_settings.Alternatives, "^^DIRECTORY^^") ?? "DIR");
        }

        string type = FileMetadata.Of(PathText.Of(entry.Name), entry.About.Settings).ContentType.Split(';')[0];
        string coding = Path.GetExtension(entry.Text) switch
        {
            ".gz" or ".tgz" => "x-gzip",
            ".bz2" => "x-bzip2",
            ".Z" => "x-compress",
            _ => "",
        };
        return (IndexSettings.Find(_settings.Icons, path, type, coding) ?? _settings.DefaultIcon, IndexSettings.Find(_settings.Alternatives, path, type, coding) ?? "   ");
    }

    // It is the configuration's, and may be HTML.
    private string Describe(ListingEntry entry) => IndexSettings.Find(_settings.Descriptions, entry.About.FileName.TrimEnd('/'), "", "") ?? "";

    private string Parent()
    {
        string path = listing.About.Path.TrimEnd('/');
        return Html(PathEncoding.Encode(PathText.Bytes(path[..(path.LastIndexOf('/') + 1)])));
    }

    private string Date(long nanoseconds)
    {
        DateTime local = DateTime.UnixEpoch.AddTicks(nanoseconds / 100).ToLocalTime();
        return local.ToString(_options.Has(IndexFlags.UseOldDateFormat) ? "dd-MMM-yyyy HH:mm" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    // A text with markup is not cut: half a tag would change what follows.
    private static string Cut(string text, int limit)
    {
        if (text.Length <= limit || text.AsSpan().ContainsAny('<', '&'))
        {
            return text;
        }

        int end = limit - 3;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "..>");
    }

    /// <summary>As apr_strfsize: three digits and a letter.</summary>
    internal static string Size(long size)
    {
        if (size < 973)
        {
            return size.ToString(CultureInfo.InvariantCulture);
        }

        foreach (char unit in "KMGTPE")
        {
            long remain = size & 1023;
            size >>= 10;
            if (size >= 973)
            {
                continue;
            }

            if (size < 9 || (size == 9 && remain < 973))
            {
                remain = ((remain * 5) + 256) / 512;
                return remain >= 10 ? $"{size + 1}.0{unit}" : $"{size}.{remain}{unit}";
            }

            return $"{size + (remain >= 512 ? 1 : 0)}{unit}";
        }

        return size.ToString(CultureInfo.InvariantCulture);
    }
}
