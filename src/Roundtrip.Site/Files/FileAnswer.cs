using System.Text;
using Roundtrip.Http;
using Roundtrip.Site.Core;
using Roundtrip.Site.Headers;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Files;

/// <summary>Answers a GET or HEAD with what its path names.</summary>
internal static class FileAnswer
{
    private static readonly FieldBlock ListingFields = FieldBlock.Create(("Content-Type", "text/html; charset=utf-8"));

    /// <summary>Answers a GET or HEAD with a file.</summary>
    /// <param name="now">Seconds since 1970.</param>
    /// <returns>0 when it is answered; otherwise the status that is to be.</returns>
    public static int Answer(Exchange exchange, Representation selected, long now)
    {
        RequestHead request = RequestFacts.RequestOf(exchange);
        int status = Preconditions.Evaluate(request, selected, now);
        if (status == 304)
        {
            ResponseFields.Respond(exchange, 304, selected, selected.NotModifiedFields, Exchange.UnknownLength, now);
            exchange.Complete();
            return 0;
        }

        if (status != 0)
        {
            return status;
        }

        if (Preconditions.RangeApplies(request, selected, now))
        {
            return RangeAnswer.Answer(exchange, selected, now);
        }

        Whole(exchange, selected, now);
        return 0;
    }

    /// <summary>Sends a page that was made for a path, such as the listing of a directory, with the server's signature at its end.</summary>
    public static void AnswerPage(Exchange exchange, byte[] page)
    {
        // The page is made for whoever asks; the signature has the name by which this client called.
        string signature = ServerSignature.Of(exchange);
        if (signature.Length > 0)
        {
            int end = page.AsSpan().LastIndexOf("</body>"u8) is var body and >= 0 ? body : Math.Max(page.AsSpan().LastIndexOf("</html>"u8), 0);
            byte[] signed = GC.AllocateUninitializedArray<byte>(page.Length + signature.Length, pinned: true);
            page.AsSpan(0, end).CopyTo(signed);
            int written = Encoding.Latin1.GetBytes(signature, signed.AsSpan(end));
            page.AsSpan(end).CopyTo(signed.AsSpan(end + written));
            page = signed;
        }

        ResponseFields.Respond(exchange, 200, ListingFields, page.Length);
        exchange.WriteShared(page, 0, page.Length);
        exchange.Complete();
    }

    /// <summary>Sends a file as the document of an error: with the error's status, whatever the request says of conditions and ranges.</summary>
    /// <param name="now">Seconds since 1970.</param>
    public static void AnswerAs(Exchange exchange, int status, Representation selected, long now)
    {
        ResponseFields.Respond(exchange, status, selected, selected.Fields, selected.Length, now);
        if (exchange.Request.Method != Method.Head)
        {
            Write(exchange, selected, 0, selected.Length);
        }

        exchange.Complete();
    }

    public static void Whole(Exchange exchange, Representation selected, long now)
    {
        ResponseFields.Respond(exchange, 200, selected, selected.Fields, selected.Length, now);
        if (exchange.Request.Method == Method.Get)
        {
            Write(exchange, selected, 0, selected.Length);
        }

        exchange.Complete();
    }

    /// <summary>Writes a stretch of a representation's content.</summary>
    public static void Write(Exchange exchange, Representation representation, long offset, long length)
    {
        if (representation.Content is { } content)
        {
            exchange.WriteShared(content, (int)offset, (int)length);
        }
        else
        {
            exchange.WriteFile(representation.File!, offset, length);
        }
    }
}
