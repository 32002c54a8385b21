using System.Text;
using Roundtrip.Client;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;
using Roundtrip.Transport.Epoll;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Program;

/// <summary>One fetch: the request, what comes of it, and the redirections that follow. It runs a loop of its own on the calling thread.</summary>
internal sealed class Get : TimerEntry, IClientUser
{
    private const int Sending = 16 * 1024;

    // What was meant for the first server alone: a redirection to another one does not take it along.
    private static readonly HashSet<string> Private = new(["Host", "Authorization", "Cookie", "Proxy-Authorization"], StringComparer.OrdinalIgnoreCase);

    private readonly GetOptions _options;
    private readonly EpollLoop _loop;
    private readonly ConnectionPool _pool;
    private readonly byte[]? _content;
    private readonly Stream _output;
    private GetTarget _target;
    private string _method;
    private ClientExchange? _exchange;
    private int _sent;
    private int _redirections;
    private bool _isElsewhere;
    private bool _isContentDropped;
    private bool _isRetried;
    private int _exitCode = ExitCode.NotSo;

    private Get(GetOptions options, GetTarget target, byte[]? content, EpollLoop loop, ConnectionPool pool, Stream output)
    {
        (_options, _target, _content, _loop, _pool, _output) = (options, target, content, loop, pool, output);
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
        FrameLines? frames = options.ShowsFrames ? new FrameLines(Environment.TickCount64) : null;
        var shown = new ConnectionLines(options.IsVerbose, options.IsInsecure, frames);
        using var pool = new ConnectionPool(loop, new ClientOptions
        {
            Protocol = options.IsHttp1 ? ProtocolChoice.Http1 : options.IsHttp2 ? ProtocolChoice.Http2 : ProtocolChoice.Negotiated,
            Tls = new TlsClientOptions { AuthoritiesFile = options.AuthoritiesFile, VerifiesServer = !options.IsInsecure },
            Observer = options.IsVerbose || options.ShowsFrames ? shown : null,
        });
        var get = new Get(options, target, content, loop, pool, output);
        get.Send();
        if (options.MaximumTime > 0)
        {
            loop.Timers.Schedule(get, loop.Now + (long)(options.MaximumTime * 1000));
        }

        loop.Run();
        Console.Error.Write(frames?.List());
        return get._exitCode;
    }

    public void OnStarted(ClientConnection connection, ClientExchange exchange)
    {
        _exchange = exchange;
        if (_options.IsVerbose)
        {
            ShowRequest(connection, exchange.Request);
        }

        SendContent();
    }

    public void OnConnectFailed(EndReason reason, string detail)
    {
        Console.Error.WriteLine($"roundtrip: {_target.Origin.Host}:{_target.Origin.Port}: {EndReasons.Describe(reason)}{(detail == EndReasons.Describe(reason) ? "" : $": {detail}")}");
        Finish(ExitCode.NotSo);
    }

    public void OnInformational(ClientExchange exchange) => ShowResponse(exchange);

    public void OnResponse(ClientExchange exchange)
    {
        ShowResponse(exchange);
        if (_options.IsHead)
        {
            _output.Write(Encoding.Latin1.GetBytes(HeadOf(exchange, "") + "\n"));
        }
    }

    public void OnContent(ClientExchange exchange, ReadOnlySpan<byte> content)
    {
        if (Redirection(exchange) is not null)
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
                Console.Error.WriteLine($"roundtrip: {EndReasons.Describe(reason)}");
            }

            Finish(ExitCode.NotSo);
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
        Console.Error.WriteLine($"roundtrip: {EndReasons.Describe(EndReason.ExchangeTimeout)}");
        Finish(ExitCode.NotSo);
    }

    private void Send()
    {
        _sent = 0;
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

    private ClientRequest MakeRequest()
    {
        string authority = _target.Authority;
        var fields = new List<(string Name, string Value)>();
        foreach (string field in _options.Fields)
        {
            int colon = field.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw new GetException(ExitCode.Usage, $"'{field}' is no field: Name: value");
            }

            (string name, string value) = (field[..colon], field[(colon + 1)..].Trim(' ', '\t'));
            if (_isElsewhere && Private.Contains(name))
            {
                continue;
            }

            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                authority = value;
            }
            else if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                fields.Add((name, value));
            }
        }

        AddDefault(fields, "User-Agent", "roundtrip");
        AddDefault(fields, "Accept", "*/*");
        if (_options.Data is not null && _content is not null)
        {
            AddDefault(fields, "Content-Type", "application/x-www-form-urlencoded");
        }

        // The URL's own form has dots resolved and is percent-encoded.
        return new ClientRequest(
            _method, _target.Url.Scheme, authority, _target.Url.PathAndQuery, FieldBlock.Create([.. fields]), HasContent ? _content!.Length : 0);
    }

    private bool HasContent => _content is { Length: > 0 } && !_isContentDropped;

    private static void AddDefault(List<(string Name, string Value)> fields, string name, string value)
    {
        if (!fields.Exists(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            fields.Add((name, value));
        }
    }

    private void SendContent()
    {
        if (_exchange is not { } exchange || !HasContent)
        {
            return;
        }

        while (_sent < _content!.Length)
        {
            int piece = Math.Min(Sending, _content.Length - _sent);
            int taken = exchange.Write(_content.AsSpan(_sent, piece));
            _sent += taken;
            if (taken < piece)
            {
                return;
            }
        }

        exchange.Complete();
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
            Console.Error.WriteLine($"roundtrip: more than {GetOptions.MaximumRedirections} redirections");
            Finish(ExitCode.NotSo);
            return;
        }

        if (_target.Follow(location) is not { } next)
        {
            Console.Error.WriteLine($"roundtrip: redirected to '{location}', which is no URL of http or https");
            Finish(ExitCode.NotSo);
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

    private static string HeadOf(ClientExchange exchange, string mark)
    {
        string version = exchange.Version switch
        {
            ProtocolVersion.Http10 => "HTTP/1.0",
            ProtocolVersion.Http11 => "HTTP/1.1",
            _ => "HTTP/2",
        };
        return $"{mark}{version} {exchange.Status}\n{FieldsOf(exchange.Fields, mark)}";
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

    private static byte[]? ReadContent(GetOptions options)
    {
        string? text = options.BinaryData ?? options.Data;
        if (text is null || !text.StartsWith('@'))
        {
            return text is null ? null : Encoding.UTF8.GetBytes(text);
        }

        try
        {
            return File.ReadAllBytes(text[1..]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new GetException(ExitCode.NotSo, fault.Message);
        }
    }

    private static Stream OpenOutput(GetOptions options)
    {
        try
        {
            return options.Output is null or "-" ? Console.OpenStandardOutput() : File.Create(options.Output);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new GetException(ExitCode.NotSo, fault.Message);
        }
    }
}
