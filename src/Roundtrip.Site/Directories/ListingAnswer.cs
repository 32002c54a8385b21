using System.Text;
using Roundtrip.Http;
using Roundtrip.Site.Compression;
using Roundtrip.Site.Core;
using Roundtrip.Site.Files;
using Roundtrip.Site.Headers;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Directories;

/// <summary>Answers a request with a list: what its sender may see is decided here, on the loop; the page is made on the thread pool.</summary>
internal static class ListingAnswer
{
    /// <param name="failed">Answers where the page could not be made.</param>
    public static void Answer(Exchange exchange, Listing listing, SiteLoop site, Action<Exchange> failed)
    {
        IndexOptions options = listing.About.Settings.Get(DirectorySettings.ListingOptions);
        IndexSettings settings = listing.About.Settings.Get(DirectorySettings.Listing);
        var order = ListingOrder.Of(options, settings, Encoding.Latin1.GetString(RequestFacts.RequestOf(exchange).Query));
        bool[] visible = listing.Visible(exchange, site.Names);
        ContentCoding coding = CodingOf(exchange, listing.About);
        string signature = ServerSignature.Of(exchange);
        ListingInsert? header = Shown(listing.Header), readme = Shown(listing.Readme);
        site.Pages.Begin(
            exchange,
            listing.About.Host.ErrorLog,
            () => Make(listing, new ListingPage(listing, order).Write(visible, header, readme, signature), coding),
            (waiting, page) =>
            {
                if (page is null)
                {
                    failed(waiting);
                    return;
                }

                Send(waiting, listing, options, page);
            });

        ListingInsert? Shown(ListingInsert? insert) => insert is not null && Listing.IsVisible(insert.About, exchange, site.Names, showsForbidden: false) ? insert : null;
    }

    private static MadePage Make(Listing listing, byte[] text, ContentCoding coding)
    {
        bool isLarge = text.Length >= listing.About.Settings.Get(CompressionSettings.MinSize);
        byte[]? compressed = isLarge && coding != ContentCoding.Identity ? Compressor.Compress(coding, text, listing.About.Settings) : null;
        return compressed is null ? new MadePage(MadePage.Pinned(text), ContentCoding.Identity) : new MadePage(compressed, coding);
    }

    // The coding with the greatest weight, of equal ones the first.
    private static ContentCoding CodingOf(Exchange exchange, ResourceAbout about)
    {
        var accept = AcceptEncoding.Of(RequestFacts.RequestOf(exchange));
        ContentCoding best = ContentCoding.Identity;
        foreach (ContentCoding coding in (ReadOnlySpan<ContentCoding>)[ContentCoding.Gzip, ContentCoding.Zstandard, ContentCoding.Brotli])
        {
            if (accept.Weight(coding) > 0 && accept.Weight(coding) >= accept.Weight(best) && CompressionSettings.Wants(about.Settings, "text/html", coding))
            {
                best = coding;
            }
        }

        return best;
    }

    private static void Send(Exchange exchange, Listing listing, IndexOptions options, MadePage page)
    {
        if (options.Has(IndexFlags.TrackModified))
        {
            Span<byte> date = stackalloc byte[HttpDate.Length];
            HttpDate.Format(listing.Stamp.Modified / 1_000_000_000, date);
            exchange.ResponseFields.Add("Last-Modified"u8, date);
        }

        if (CompressionSettings.WantsAny(listing.About.Settings, "text/html"))
        {
            exchange.ResponseFields.Add("Vary"u8, "Accept-Encoding"u8);
        }

        if (Representation.NameOf(page.Coding) is { } name)
        {
            exchange.ResponseFields.Add("Content-Encoding"u8, Encoding.ASCII.GetBytes(name));
        }

        // The bytes are UTF-8, since names are. Deviates: Charset= is only what the page is said to be in.
        string type = $"{options.Type ?? "text/html"}; charset={options.Charset?.ToLowerInvariant() ?? "utf-8"}";
        ResponseFields.Respond(exchange, 200, FieldBlock.Create(("Content-Type", type)), page.Content.Length);
        exchange.WriteShared(page.Content, 0, page.Content.Length);
        exchange.Complete();
    }
}
