using System.Text;
using Roundtrip.Client;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;
using Roundtrip.Transport.Epoll;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Program;

/// <summary>One fetch: the request, what comes of it, and the redirections that follow. It runs a loop of its own on the calling thread. Get.Request.cs has what is sent.</summary>
internal sealed partial class Get : TimerEntry, IClientUser
{
    private readonly GetOptions _options;
    private readonly EpollLoop _loop;
    private readonly ConnectionPool _pool;
    private readonly GetReport _report;
    private readonly byte[]? _content;
    private readonly Stream _output;
    private GetTarget _target;
    private string _method;
    private ClientExchange? _exchange;
    private int _redirections;
    private bool _isElsewhere;
    private bool _isContentDropped;
    private bool _isRetried;
    private int _exitCode = ExitCode.NotSo;

    private Get(GetOptions options, GetTarget target, byte[]? content, EpollLoop loop, ConnectionPool pool, GetReport report, Stream output)
    {
        (_options, _target, _content, _loop, _pool, _report, _output) = (options, target, content, loop, pool, report, output);
        _continue = new ContinueTimer(this);
        _method = options.Method ?? (options.IsHead ? "HEAD" : content is null ? "GET" : "POST");
    }

    public static int Run(GetOptions options)
    {
        GetTarget target = GetTarget.Parse(options.Url) ?? throw new GetException(ExitCode.Usage, $"'{options.Url}' is no URL of http or https");
        if (options.IsHttp1 && options.IsHttp2)
        {
            throw new GetException(ExitCode.Usage, "--http1.1 and --http2-prior-knowledge exclude each other");
        }

        byte[]? content = ReadContent(options);
        using Stream output = OpenOutput(options);
        using var loop = new EpollLoop();
        FrameLines? frames = options.ShowsFrames || options.IsJson ? new FrameLines(Environment.TickCount64) : null;
        var report = new GetReport(new ConnectionLines(options.IsVerbose, options.IsInsecure, frames));
        using var pool = new ConnectionPool(loop, new ClientOptions
        {
            Protocol = options.IsHttp1 ? ProtocolChoice.Http1 : options.IsHttp2 ? ProtocolChoice.Http2 : ProtocolChoice.Negotiated,
            Tls = new TlsClientOptions { AuthoritiesFile = options.AuthoritiesFile, VerifiesServer = !options.IsInsecure, Certificate = CertificateOf(options) },
            Observer = options.IsVerbose || options.ShowsFrames || options.IsJson ? report : null,
        });
        var get = new Get(options, target, content, loop, pool, report, output);
        get.Send();
        if (options.MaximumTime > 0)
        {
            loop.Timers.Schedule(get, loop.Now + (long)(options.MaximumTime * 1000));
        }

        loop.Run();
        if (options.ShowsFrames)
        {
            Console.Error.Write(frames!.List());
        }

        if (options.IsJson)
        {
            report.Write(Console.OpenStandardOutput(), get._target.Url, frames!);
        }

        return get._exitCode;
    }

    public void OnStarted(ClientConnection connection, ClientExchange exchange)
    {
        _exchange = exchange;
        _report.Started(connection);
        if (_options.IsVerbose)
        {
            ShowRequest(connection, exchange.Request);
        }

        BeginContent();
    }

    public void OnConnectFailed(EndReason reason, string detail)
    {
        Fail($"{_target.Origin.Host}:{_target.Origin.Port}: {EndReasons.Describe(reason)}{(detail == EndReasons.Describe(reason) ? "" : $": {detail}")}");
    }

    public void OnInformational(ClientExchange exchange)
    {
        ShowResponse(exchange);
        _report.Informed(exchange);
        if (exchange.Status == 100)
        {
            Continue();
        }
    }

    public void OnResponse(ClientExchange exchange)
    {
        _report.Responded(exchange);
        ShowResponse(exchange);
        if (_options.IsHead && !_options.IsJson)
        {
            _output.Write(Encoding.Latin1.GetBytes(HeadOf(exchange, "") + "\n"));
        }
    }

    public void OnContent(ClientExchange exchange, ReadOnlySpan<byte> content)
    {
        if (Redirection(exchange) is not null || IsToBeSentWithoutExpectation(exchange))
        {
            return;
        }

        try
        {
            _output.Write(content);
        }
        catch (IOException fault)
        {
            // Whoever read standard output may have had enough.
            Console.Error.WriteLine($"roundtrip: {fault.Message}");
            exchange.Cancel();
        }
    }

    public void OnTrailers(ClientExchange exchange)
    {
        if (_options.IsVerbose)
        {
            Console.Error.Write(FieldsOf(exchange.Trailers, "< "));
        }
    }

    public void OnWritable(ClientExchange exchange) => SendContent();

    public void OnEnded(ClientExchange exchange, EndReason reason, bool isRetryable)
    {
        _exchange = null;
        _loop.Timers.Cancel(_continue);
        _report.Ended(exchange);
        if (reason != EndReason.Completed)
        {
            if (isRetryable && !_isRetried)
            {
                _isRetried = true;
                Send();
                return;
            }

            if (reason != EndReason.Cancelled)
            {
                Fail(EndReasons.Describe(reason));
                return;
            }

            Finish(ExitCode.NotSo);
            return;
        }

        if (IsToBeSentWithoutExpectation(exchange))
        {
            _expects = false;
            Send();
            return;
        }

        if (Redirection(exchange) is { } next)
        {
            Follow(exchange.Status, next);
            return;
        }

        Finish(ExitCode.Done);
    }

    protected override void OnDue(long now)
    {
        if (_exchange is { } exchange)
        {
            exchange.Cancel(EndReason.ExchangeTimeout);
            return;
        }

        _pool.Withdraw(this);
        Fail(EndReasons.Describe(EndReason.ExchangeTimeout));
    }

    private void Send()
    {
        _sent = 0;
        _report.Begin();
        ClientRequest request;
        try
        {
            request = MakeRequest();
        }
        catch (ArgumentException fault)
        {
            throw new GetException(ExitCode.Usage, fault.Message);
        }

        _pool.Send(_target.Origin, request, this);
    }

    // RFC 9110 §15.4: what a redirection leads to, where it is followed.
    private string? Redirection(ClientExchange exchange) =>
        _options.Follows && exchange.Status is 301 or 302 or 303 or 307 or 308 && exchange.Fields.Value("Location"u8) is { IsEmpty: false } location
            ? Encoding.Latin1.GetString(location)
            : null;

    private void Follow(int status, string location)
    {
        if (_redirections++ == GetOptions.MaximumRedirections)
        {
            Fail($"more than {GetOptions.MaximumRedirections} redirections");
            return;
        }

        if (_target.Follow(location) is not { } next)
        {
            Fail($"redirected to '{location}', which is no URL of http or https");
            return;
        }

        // RFC 9110 §15.4.2 to 15.4.4: POST becomes GET, by 303 and by what everybody does with 301 and 302; 307 and 308 change nothing.
        if (status == 303 && _method != "HEAD" || (status is 301 or 302 && _method == "POST"))
        {
            _method = "GET";
            _isContentDropped = true;
        }

        _isElsewhere |= next.Origin != _target.Origin;
        _target = next;
        Send();
    }

    private void Fail(string message)
    {
        Console.Error.WriteLine($"roundtrip: {message}");
        _report.Error = message;
        Finish(ExitCode.NotSo);
    }

    private void Finish(int exitCode)
    {
        _exitCode = exitCode;
        _pool.Stop();
        _loop.Stop();
    }

    private void ShowRequest(ClientConnection connection, ClientRequest request)
    {
        string version = connection.IsHttp2 ? "HTTP/2" : "HTTP/1.1";
        var text = new StringBuilder($"> {_method} {_target.Url.PathAndQuery} {version}\n> Host: {request.AuthorityText}\n");
        foreach (ref readonly FieldEntry field in request.Fields.Fields)
        {
            text.Append($"> {Encoding.Latin1.GetString(request.Fields.At(field.Name))}: {Encoding.Latin1.GetString(request.Fields.At(field.Value))}\n");
        }

        if (request.ContentLength > 0)
        {
            text.Append($"> Content-Length: {request.ContentLength}\n");
        }

        Console.Error.Write(text.Append(">\n").ToString());
    }

    private void ShowResponse(ClientExchange exchange)
    {
        if (_options.IsVerbose)
        {
            Console.Error.Write(HeadOf(exchange, "< ") + "<\n");
        }
    }

    public static string NameOf(ProtocolVersion version) => version switch
    {
        ProtocolVersion.Http10 => "HTTP/1.0",
        ProtocolVersion.Http11 => "HTTP/1.1",
        _ => "HTTP/2",
    };

    private static string HeadOf(ClientExchange exchange, string mark)
    {
        return $"{mark}{NameOf(exchange.Version)} {exchange.Status}\n{FieldsOf(exchange.Fields, mark)}";
    }

    private static string FieldsOf(FieldBuffer fields, string mark)
    {
        var text = new StringBuilder();
        foreach (ref readonly FieldEntry field in fields.Fields)
        {
            text.Append($"{mark}{Encoding.Latin1.GetString(fields.At(field.Name))}: {Encoding.Latin1.GetString(fields.At(field.Value))}\n");
        }

        return text.ToString();
    }

    private static Stream OpenOutput(GetOptions options)
    {
        try
        {
            // With --json standard output is the document's.
            return options.Output is { } file and not "-" ? File.Create(file) : options.IsJson ? Stream.Null : Console.OpenStandardOutput();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new GetException(ExitCode.NotSo, fault.Message);
        }
    }
}
