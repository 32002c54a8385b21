using System.Text;
using Roundtrip.Http;

namespace Roundtrip.Site.Files;

/// <summary>The pages that say why there is no file.</summary>
internal static class ErrorPages
{
    private static readonly Dictionary<int, Page> Pages = Build();
    private static readonly FieldBlock TextFields = FieldBlock.Create(("Content-Type", "text/html; charset=utf-8"));

    /// <summary>Answers with the status and its page. What stands in <see cref="Exchange.ResponseFields"/> goes with it.</summary>
    public static void Answer(Exchange exchange, int status)
    {
        Page page = Pages.TryGetValue(status, out Page? known) ? known : new Page(status, "Status " + status, "There is nothing else to say.");
        exchange.Respond(status, page.Fields, page.Body.Length);
        exchange.WriteShared(page.Body, 0, page.Body.Length);
        exchange.Complete();
    }

    /// <summary>Answers with the status and a text of the configuration, which may be HTML.</summary>
    public static void AnswerText(Exchange exchange, int status, string text)
    {
        byte[] body = Encoding.UTF8.GetBytes(text);
        byte[] pinned = GC.AllocateUninitializedArray<byte>(body.Length, pinned: true);
        body.CopyTo(pinned, 0);
        exchange.Respond(status, TextFields, pinned.Length);
        exchange.WriteShared(pinned, 0, pinned.Length);
        exchange.Complete();
    }

    private static Dictionary<int, Page> Build()
    {
        (int Status, string Title, string Sentence)[] pages =
        [
            (301, "Moved Permanently", "The document is at the address in the Location field."),
            (302, "Found", "The document is at the address in the Location field for now."),
            (303, "See Other", "The answer is at the address in the Location field."),
            (307, "Temporary Redirect", "The document is at the address in the Location field for now."),
            (308, "Permanent Redirect", "The document is at the address in the Location field."),
            (400, "Bad Request", "The address is malformed."),
            (403, "Forbidden", "You may not see this."),
            (404, "Not Found", "There is nothing at this address."),
            (405, "Method Not Allowed", "This address can be read, and nothing else."),
            (410, "Gone", "The document was here and is no more."),
            (412, "Precondition Failed", "The document is not in the state that the request asked for."),
            (414, "URI Too Long", "The address is too long."),
            (416, "Range Not Satisfiable", "The document has nothing in the range that the request asked for."),
            (500, "Internal Server Error", "The document could not be read. The server's error log says why."),
            (501, "Not Implemented", "This server cannot do what the request asks for."),
            (503, "Service Unavailable", "The server has too many files open. Try again in a moment."),
        ];
        return pages.ToDictionary(page => page.Status, page => new Page(page.Status, page.Title, page.Sentence));
    }

    private sealed class Page
    {
        public Page(int status, string title, string sentence)
        {
            byte[] text = Encoding.ASCII.GetBytes(
                $"<!doctype html>\n<html lang=\"en\">\n<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{sentence}</p>\n</html>\n");
            Body = GC.AllocateUninitializedArray<byte>(text.Length, pinned: true);
            text.CopyTo(Body, 0);
            Fields = status == 405
                ? FieldBlock.Create(("Content-Type", "text/html; charset=utf-8"), ("Allow", Serving.Responder.Allowed))
                : FieldBlock.Create(("Content-Type", "text/html; charset=utf-8"));
        }

        public FieldBlock Fields { get; }

        public byte[] Body { get; }
    }
}
