using Roundtrip.Peers.Tests;

namespace Roundtrip.Browser.Tests;

/// <summary>One mechanism of samples/browser that is broken at the server, and the rows that must turn to fail.</summary>
/// <param name="What">What is broken.</param>
/// <param name="Rows">Their ids, with a space between.</param>
/// <param name="Edits">What is put in the place of what, in which file; an addition where nothing is to be replaced.</param>
/// <param name="IsAlone">Whether it breaks so much that nothing can be seen of another beside it.</param>
internal sealed record SampleBreakage(string What, string Rows, (string File, string From, string To)[] Edits, bool IsAlone = false)
{
    private const string Echo = "cgi/echo.py";
    private const string Conf = "site.conf";

    /// <summary>Every mechanism of the page. Each row is the only one of some breakage.</summary>
    public static readonly SampleBreakage[] All =
    [
        // XMLHttpRequest
        new("a request's Content-Type is lost", "xhr-send-string xhr-send-params xhr-send-formdata xhr-send-blob xhr-send-file xhr-send-document", [(Echo, "os.environ.get(\"CONTENT_TYPE\", \"\")", "\"\"")]),
        new("a request's content loses its last byte", "xhr-send-string xhr-send-params xhr-send-blob xhr-send-file xhr-send-arraybuffer xhr-send-view xhr-send-document", [(Echo, "sha256(body)", "sha256(body[:-1])")]),
        new("a request's text is cut", "xhr-send-formdata", [(Echo, "body[:300]", "body[:30]")]),
        new("a text's charset is said to be another", "xhr-receive-default xhr-receive-text", [(Echo, "charset=utf-8", "charset=iso-8859-1")]),
        new("bytes arrive changed", "xhr-receive-arraybuffer xhr-receive-blob", [(Echo, "bytes(range(256))", "bytes(range(255))")]),
        new("XML is not well-formed", "xhr-receive-document", [(Echo, "</n></answer>", "</n>")]),
        new("JSON is cut", "xhr-receive-json", [(Echo, "[1,2,3]}", "[1,2,3]")]),
        new("an answer does not say its length", "xhr-events-download", [(Echo, "f\"Content-Length: {length}\", ", "")]),
        new("large content is refused", "xhr-events-upload", [(Conf, "", "LimitRequestBody 1000000")]),
        new("what should never be answered is answered at once", "xhr-events-abort xhr-events-timeout", [(Conf, "", "<If \"%{QUERY_STRING} =~ /as=never/\">\nRequire all denied\n</If>")]),
        new("an answer that should break off is whole", "xhr-events-error", [(Echo, "Content-Length: 10", "Content-Length: 5")]),

        // CORS
        new("the page's own origin answers another thing", "cors-same-origin", [(Echo, "X-Hidden: not exposed", "X-Hidden: nothing")]),
        new("what all may read has no CorsOrigin", "cors-simple http-other", [(Conf, "CorsOrigin *", "")]),
        new("what nobody may read has one", "cors-refused", [(Conf, "", "<Location /cgi/echo.py/closed>\nCorsOrigin *\n</Location>")]),
        new("PUT is not allowed", "cors-preflight", [(Conf, "GET POST PUT", "GET POST")]),
        new("DELETE is allowed", "cors-preflight-method", [(Conf, "GET POST PUT", "GET POST PUT DELETE")]),
        new("every field is allowed", "cors-preflight-field", [(Conf, "CorsHeaders X-Note", "CorsHeaders X-Other X-Note")]),
        new("PUT is allowed where no preflight should pass", "cors-open-preflight", [(Conf, "CorsOrigin *", "CorsOrigin *\nCorsMethods PUT")]),
        new("nothing is exposed", "cors-expose", [(Conf, "CorsExposeHeaders X-Answer", "")]),
        new("what should be hidden is exposed", "cors-expose", [(Conf, "CorsExposeHeaders X-Answer", "CorsExposeHeaders X-Answer X-Hidden")]),
        new("the server sees a cookie that nobody sent", "cors-no-credentials cors-credentials cors-forbidden", [(Echo, "os.environ.get(\"HTTP_COOKIE\", \"\")", "\"forged=1\"")]),
        new("credentials are not allowed", "cors-no-credentials cors-credentials", [(Conf, "CorsCredentials On", "")]),
        new("credentials are allowed where all may read", "cors-credentials-any", [(Conf, "CorsOrigin *", "CorsOrigin \"~^https?://127.*$\"\nCorsCredentials On")]),

        // Live channels
        new("nobody may listen without a token", "carrier-websocket carrier-sse carrier-longpoll carrier-shortpoll carrier-resume carrier-gap sse-event sse-close http-poll http-stream", [(Conf, "LiveAnonymous On", "LiveAnonymous Off")], IsAlone: true),
        new("WebSockets are refused", "carrier-websocket carrier-resume ws-subprotocol ws-text ws-binary-blob ws-binary-arraybuffer ws-buffered", [(Conf, "", "<If \"%{HTTP:Sec-WebSocket-Version} == '13'\">\nRequire all denied\n</If>")], IsAlone: true),
        new("event streams are answered as something else", "carrier-sse carrier-resume sse-event sse-close http-stream", [(Conf, "", "Header set Content-Type text/html \"expr=%{HTTP:Accept} == 'text/event-stream'\"")], IsAlone: true),
        new("no poll may wait", "carrier-longpoll", [(Conf, "", "<If \"%{QUERY_STRING} =~ /wait=25/\">\nRequire all denied\n</If>")]),
        new("no poll tells at once where it begins", "carrier-longpoll carrier-shortpoll http-poll", [(Conf, "", "<If \"%{QUERY_STRING} =~ /wait=0/\">\nRequire all denied\n</If>")], IsAlone: true),
        new("who comes with an id that never was is refused", "carrier-gap", [(Conf, "", "<If \"%{QUERY_STRING} =~ /never-was/\">\nRequire all denied\n</If>")]),
        new("the history is too short", "carrier-resume", [(Conf, "LiveHistory 1000 1h", "LiveHistory 1 1h")]),
        new("messages of 200,000 bytes are refused", "ws-buffered", [(Conf, "", "LiveMaxMessage 100000")]),
        new("the other origin may open WebSockets", "ws-origin", [(Conf, "", "LiveAllowOrigin *")]),

        // Workers
        new("a worker gives back another value", "worker-dedicated", [("workers/echo.js", "thread: self.constructor.name", "thread: 'none'")]),
        new("a worker gives other bytes back", "worker-transfer", [("workers/echo.js", "postMessage({ echo,", "if (transfer) echo = new ArrayBuffer(1);\n  postMessage({ echo,")]),
        new("a worker does not compute", "worker-parallel", [("workers/echo.js", "performance.now() < end", "false")]),
        new("a worker's script does not load", "worker-dedicated worker-transfer worker-parallel http-worker", [("workers/echo.js", "onmessage", "?")], IsAlone: true),
        new("a script that is imported is another", "worker-import", [("workers/six.js", "6", "5")]),
        new("a module that is imported is not there", "worker-module", [("workers/module.js", "./answer.js", "./none.js")]),
        new("a worker's own worker is not there", "worker-sub", [("workers/parent.js", "child.js", "none.js")]),
        new("a SharedWorker tells nobody", "worker-shared", [("workers/shared.js", "other !== port", "false")]),

        // HTTP
        new("there is no HTTP/2", "http-xhr http-fetch http-image http-script http-worker http-poll http-stream", [(Conf, "", "Protocols http/1.1")], IsAlone: true),
        new("how a resource was loaded is told to no other origin", "http-other", [(Conf, "Header set Timing-Allow-Origin *", "")]),
        new("connections are not kept", "http-other", [(Conf, "", "KeepAlive Off")]),
        new("an image is none", "http-image", [("dot.svg", "<svg", "<gvs")]),
        new("a script has a mistake", "http-script", [("js/nothing.js", "", "?")]),

        // What several rows have in common is broken for all of them above. Here it is for one alone.
        .. Marked("xhr-send-string xhr-send-params xhr-send-blob xhr-send-file xhr-send-arraybuffer xhr-send-view xhr-send-document xhr-receive-default xhr-receive-text xhr-receive-arraybuffer xhr-receive-blob xhr-events-abort xhr-events-timeout"),
        .. Marked("cors-simple cors-no-credentials cors-credentials cors-forbidden"),
        .. Marked("carrier-websocket carrier-sse carrier-shortpoll sse-event sse-close ws-subprotocol ws-text ws-binary-blob ws-binary-arraybuffer"),
        .. Marked("http-xhr http-fetch http-worker http-poll http-stream"),
    ];

    // What a row asks for has its id in the query, as row or in the topic.
    private static IEnumerable<SampleBreakage> Marked(string rows) => rows.Split(' ').Select(static row =>
        new SampleBreakage($"what {row} asks for is refused", row, [(Conf, "", $"<If \"%{{QUERY_STRING}} =~ /{row}(%2F|\\/|&|$)/\">\nRequire all denied\n</If>")]));

    public IEnumerable<string> RowIds => Rows.Split(' ');

    /// <summary>Does it to a copy of the sample's folder.</summary>
    public void ApplyTo(string folder)
    {
        foreach ((string file, string from, string to) in Edits)
        {
            string path = Path.Combine(folder, file);
            string text = File.ReadAllText(path);
            Assert.Contains(from, text, StringComparison.Ordinal);
            File.WriteAllText(path, from.Length == 0 ? $"{text}\n{to}\n" : text.Replace(from, to, StringComparison.Ordinal));
        }
    }

    /// <summary>Whether both can be broken in one folder: they change other words, and turn other rows to fail.</summary>
    public bool GoesWith(SampleBreakage other) => !IsAlone && !other.IsAlone && !RowIds.Intersect(other.RowIds).Any()
        && !Edits.Any(one => other.Edits.Any(edit => one.File == edit.File && one.From.Length > 0 && edit.From.Length > 0 && (one.From.Contains(edit.From, StringComparison.Ordinal) || edit.From.Contains(one.From, StringComparison.Ordinal))));

    /// <summary>A copy of the sample's folder in a new one.</summary>
    public static string CopyOfSample()
    {
        string from = Path.Combine(Repository.Root, "samples/browser");
        string to = Directory.CreateTempSubdirectory("roundtrip-sample-").FullName;
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return to;
    }
}
