using Roundtrip.Core;

namespace Roundtrip.Http.Tests.Client;

/// <summary>Writes down what comes of a request, a line each; pieces of content that follow each other are one line.</summary>
public sealed class RecordingHandler : IClientExchangeHandler
{
    private readonly List<string> _lines = [];
    private string _content = "";

    /// <summary>Who takes what is promised.</summary>
    public IClientExchangeHandler? Taker { get; init; }

    public Action<ClientExchange>? Responded { get; init; }

    /// <summary>Called after each piece of content.</summary>
    public Action<ClientExchange>? Received { get; init; }

    public Action<ClientExchange>? Ended { get; init; }

    public string Text
    {
        get
        {
            EndContent();
            return string.Join('\n', _lines);
        }
    }

    public void OnInformational(ClientExchange exchange) => Note($"informational {exchange.Status}{FieldsOf(exchange.Fields)}");

    public void OnResponse(ClientExchange exchange)
    {
        Note($"response {exchange.Status} {exchange.Version}{FieldsOf(exchange.Fields)}");
        Responded?.Invoke(exchange);
    }

    public void OnContent(ClientExchange exchange, ReadOnlySpan<byte> content)
    {
        _content += TestHost.Latin1(content);
        Received?.Invoke(exchange);
    }

    public void OnTrailers(ClientExchange exchange) => Note($"trailers{FieldsOf(exchange.Trailers)}");

    public void OnWritable(ClientExchange exchange) => Note("writable");

    public void OnEnded(ClientExchange exchange, EndReason reason, bool isRetryable)
    {
        Note($"ended {reason}{(isRetryable ? " retryable" : "")}");
        Ended?.Invoke(exchange);
    }

    public IClientExchangeHandler? OnPromised(ClientExchange exchange, ClientRequest promised)
    {
        Note($"promised {promised.Method} {promised.AuthorityText}");
        return Taker;
    }

    private void Note(string line)
    {
        EndContent();
        _lines.Add(line);
    }

    private void EndContent()
    {
        if (_content.Length > 0)
        {
            _lines.Add($"content {_content}");
            _content = "";
        }
    }

    private static string FieldsOf(FieldBuffer fields)
    {
        string text = "";
        foreach (ref readonly FieldEntry field in fields.Fields)
        {
            text += $" {TestHost.Latin1(fields.At(field.Name))}={TestHost.Latin1(fields.At(field.Value))}";
        }

        return text;
    }
}
