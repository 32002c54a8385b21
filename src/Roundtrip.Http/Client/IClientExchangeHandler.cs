using Roundtrip.Core;

namespace Roundtrip.Http;

/// <summary>
/// Who is told what comes of a request, always on the exchange's own loop, in this order: <see cref="OnInformational"/> any number of times, <see cref="OnResponse"/> once,
/// <see cref="OnContent"/> any number of times, <see cref="OnTrailers"/> at most once; and <see cref="OnEnded"/> once, last, however far it came.
/// </summary>
public interface IClientExchangeHandler
{
    /// <summary>An interim response (1xx) has come: <see cref="ClientExchange.Status"/> and <see cref="ClientExchange.Fields"/> are its own until the next.</summary>
    void OnInformational(ClientExchange exchange);

    /// <summary>The final response has come: <see cref="ClientExchange.Status"/> and <see cref="ClientExchange.Fields"/> stay.</summary>
    void OnResponse(ClientExchange exchange);

    /// <summary>Content has come. <paramref name="content"/> is valid during the call.</summary>
    void OnContent(ClientExchange exchange, ReadOnlySpan<byte> content);

    /// <summary>The content was followed by <see cref="ClientExchange.Trailers"/>.</summary>
    void OnTrailers(ClientExchange exchange);

    /// <summary>There is room again, after a <see cref="ClientExchange.Write"/> that took less than it was given.</summary>
    void OnWritable(ClientExchange exchange);

    /// <summary>The exchange is over.</summary>
    /// <param name="reason"><see cref="EndReason.Completed"/> for a response that came whole.</param>
    /// <param name="isRetryable">Whether the request may be sent again: the server did not act on it, or it does no harm twice and nothing of a response came.</param>
    void OnEnded(ClientExchange exchange, EndReason reason, bool isRetryable);

    /// <summary>The server promises the response to a request that was not sent (RFC 9113 section 8.4).</summary>
    /// <returns>Who takes it, or null for nobody: then it is refused.</returns>
    IClientExchangeHandler? OnPromised(ClientExchange exchange, ClientRequest promised) => null;
}
