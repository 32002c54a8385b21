using Roundtrip.Http;

namespace Roundtrip.Site.Files;

/// <summary>Answers a GET or HEAD with what its path names.</summary>
internal static class FileAnswer
{
    private static readonly FieldBlock ListingFields = FieldBlock.Create(("Content-Type", "text/html; charset=utf-8"));

    /// <param name="path">The path by which the resource was found.</param>
    /// <param name="now">Seconds since 1970.</param>
    public static void Answer(Exchange exchange, Resource resource, ReadOnlySpan<byte> path, long now)
    {
        if (resource.IsFile)
        {
            AnswerFile(exchange, resource.Select(exchange.Request), now);
        }
        else if (resource.Page is { } page)
        {
            exchange.Respond(200, ListingFields, page.Length);
            exchange.WriteShared(page, 0, page.Length);
            exchange.Complete();
        }
        else
        {
            if (resource.Status == 301)
            {
                AddLocation(exchange, path);
            }

            ErrorPages.Answer(exchange, resource.Status);
        }
    }

    private static void AnswerFile(Exchange exchange, Representation selected, long now)
    {
        RequestHead request = exchange.Request;
        int status = Preconditions.Evaluate(request, selected, now);
        if (status == 412)
        {
            ErrorPages.Answer(exchange, 412);
        }
        else if (status == 304)
        {
            exchange.Respond(304, selected.NotModifiedFields);
            exchange.Complete();
        }
        else if (Preconditions.RangeApplies(request, selected, now))
        {
            RangeAnswer.Answer(exchange, selected);
        }
        else
        {
            Whole(exchange, selected);
        }
    }

    public static void Whole(Exchange exchange, Representation selected)
    {
        exchange.Respond(200, selected.Fields, selected.Length);
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

    // From the path without empty segments and encoded anew: "//host/x" or "/\host/x" in the request must not become another host's address in a browser.
    private static void AddLocation(Exchange exchange, ReadOnlySpan<byte> path)
    {
        RequestHead request = exchange.Request;
        byte[] location = System.Text.Encoding.ASCII.GetBytes(PathEncoding.Encode(path) + "/");
        exchange.ResponseFields.Add("Location"u8, request.HasQuery ? [.. location, (byte)'?', .. request.Query] : location);
    }
}
