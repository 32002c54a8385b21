using System.Text;
using Roundtrip.Http;
using Roundtrip.Site.Core;
using Roundtrip.Site.Headers;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Files;

/// <summary>The pages that say why there is no file. Titles and first headings are httpd's.</summary>
internal static class ErrorPages
{
    private static readonly Dictionary<int, Page> Pages = Build();
    private static readonly FieldBlock TextFields = FieldBlock.Create(("Content-Type", "text/html; charset=utf-8"));
    private static readonly FieldBlock BareTextFields = FieldBlock.Create(("Content-Type", "text/html"));

    /// <summary>Answers with the status and its page. What stands in <see cref="Exchange.ResponseFields"/> goes with it.</summary>
    public static void Answer(Exchange exchange, int status)
    {
        Page page = Pages.TryGetValue(status, out Page? known) ? known : new Page(status, "Status " + status, "There is nothing else to say.");
        string signature = ServerSignature.Of(exchange);
        byte[] body = signature.Length == 0 ? page.Body : Pinned(page.Text(signature));
        ResponseFields.RespondToFailure(exchange, status, SuppressesCharset(exchange) ? page.BareFields : page.Fields, body.Length);
        exchange.WriteShared(body, 0, body.Length);
        exchange.Complete();
    }

    /// <summary>Answers with the status and a text of the configuration, which may be HTML.</summary>
    public static void AnswerText(Exchange exchange, int status, string text)
    {
        byte[] body = Pinned(text);
        ResponseFields.RespondToFailure(exchange, status, SuppressesCharset(exchange) ? BareTextFields : TextFields, body.Length);
        exchange.WriteShared(body, 0, body.Length);
        exchange.Complete();
    }

    // The manual's "suppress-error-charset": for clients that would take the charset of a redirect for that of the page behind it.
    private static bool SuppressesCharset(Exchange exchange) =>
        exchange.Context is RequestFacts facts && facts.Environment.ContainsKey("suppress-error-charset");

    private static byte[] Pinned(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byte[] pinned = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned, 0);
        return pinned;
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
            (401, "Unauthorized", "This address asks for a name and a password, and those that came are not right."),
            (403, "Forbidden", "You may not see this."),
            (404, "Not Found", "There is nothing at this address."),
            (405, "Method Not Allowed", "This address can be read, and nothing else."),
            (406, "Not Acceptable", "The document does not exist in a form that the request accepts."),
            (408, "Request Timeout", "The request did not come in time."),
            (410, "Gone", "The document was here and is no more."),
            (411, "Length Required", "The request must say how long its content is."),
            (412, "Precondition Failed", "The document is not in the state that the request asked for."),
            (413, "Request Entity Too Large", "The request's content is larger than this server takes."),
            (414, "Request-URI Too Long", "The address is too long."),
            (415, "Unsupported Media Type", "The request's content has a type that is not taken here."),
            (416, "Requested Range Not Satisfiable", "The document has nothing in the range that the request asked for."),
            (417, "Expectation Failed", "This server cannot do what the request expects."),
            (500, "Internal Server Error", "The server encountered an internal error and could not complete the request. Its error log says why."),
            (501, "Not Implemented", "This server cannot do what the request asks for."),
            (502, "Bad Gateway", "The server behind this one gave no proper answer."),
            (421, "Misdirected Request", "This connection was made for another host. Make a new one."),
            (503, "Service Unavailable", "The server has too much to do. Try again in a moment."),
            (504, "Gateway Timeout", "The server behind this one gave no answer in time."),
        ];
        return pages.ToDictionary(page => page.Status, page => new Page(page.Status, page.Title, page.Sentence));
    }

    private sealed class Page
    {
        private readonly string _head;

        public Page(int status, string title, string sentence)
        {
            _head = $"<!doctype html>\n<html lang=\"en\">\n<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{sentence}</p>\n";
            Body = Pinned(Text(""));
            Fields = FieldsOf(status, "text/html; charset=utf-8");
            BareFields = FieldsOf(status, "text/html");
        }

        public FieldBlock Fields { get; }

        /// <summary>Without a charset.</summary>
        public FieldBlock BareFields { get; }

        /// <summary>The page without a signature.</summary>
        public byte[] Body { get; }

        public string Text(string signature) => $"{_head}{(signature.Length > 0 ? "<hr>\n" : "")}{signature}</html>\n";

        private static FieldBlock FieldsOf(int status, string type) => status == 405
            ? FieldBlock.Create(("Content-Type", type), ("Allow", Responder.Allowed))
            : FieldBlock.Create(("Content-Type", type));
    }
}
