using System.Text;
using Roundtrip.Http;
using Roundtrip.Transport;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Program;

// What is sent: the request's fields, and its content.
internal sealed partial class Get
{
    private const int Sending = 16 * 1024;
    private const string Continuing = "100-continue";

    // What is larger is worth a round trip, to learn whether the server wants it; and milliseconds after which it is sent anyway. Both are curl's.
    private const int ExpectAbove = 1024 * 1024;
    private const int ContinueAfter = 1_000;

    // What was meant for the first server alone: a redirection to another one does not take it along.
    private static readonly HashSet<string> Private = new(["Host", "Authorization", "Cookie", "Proxy-Authorization"], StringComparer.OrdinalIgnoreCase);

    private readonly ContinueTimer _continue;
    private int _sent;
    private bool _expects = true;
    private bool _mayContinue;

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

        if (_expects && HasContent && _content!.Length > ExpectAbove)
        {
            AddDefault(fields, "Expect", Continuing);
        }
        else if (!_expects)
        {
            // It may be one of the options' own.
            fields.RemoveAll(field => field.Name.Equals("Expect", StringComparison.OrdinalIgnoreCase) && field.Value.Equals(Continuing, StringComparison.OrdinalIgnoreCase));
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

    // RFC 9110 §10.1.1: who expects 100 (Continue) waits for it, and not for ever: the server may not know it.
    private void BeginContent()
    {
        _mayContinue = !Expects(_exchange!.Request);
        if (!_mayContinue)
        {
            _loop.Timers.Schedule(_continue, _loop.Now + ContinueAfter);
        }

        SendContent();
    }

    private static bool Expects(ClientRequest request) =>
        Encoding.Latin1.GetString(request.Fields.Value("Expect"u8)).Equals(Continuing, StringComparison.OrdinalIgnoreCase);

    // RFC 9110 §10.1.1: who does not know the expectation gets the request again without it; what had none would only be refused again.
    private static bool IsToBeSentWithoutExpectation(ClientExchange exchange) => exchange.Status == 417 && Expects(exchange.Request);

    private void Continue()
    {
        _loop.Timers.Cancel(_continue);
        _mayContinue = true;
        SendContent();
    }

    private void SendContent()
    {
        // A final response that came first wants none of it.
        if (_exchange is not { } exchange || !HasContent || !_mayContinue || (_sent == 0 && exchange.HasResponded))
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

    private static TlsCertificateFiles? CertificateOf(GetOptions options) =>
        options.Certificate is { } certificate ? new TlsCertificateFiles(certificate, options.Key ?? certificate) : null;

    private sealed class ContinueTimer(Get get) : TimerEntry
    {
        protected override void OnDue(long now) => get.Continue();
    }
}
