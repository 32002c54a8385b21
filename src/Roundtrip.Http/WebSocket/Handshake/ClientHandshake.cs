using System.Text;
using Roundtrip.Http.WebSocket.Deflate;

namespace Roundtrip.Http.WebSocket.Handshake;

/// <summary>
/// The client's side of the opening handshake (RFC 6455 section 4.1): the fields of its request, and whether the answer is one to it.
/// </summary>
public sealed class ClientHandshake
{
    private readonly byte[] _key = new byte[WebSocketKey.Length];
    private readonly string[] _subprotocols;
    private readonly DeflateOptions? _deflate;

    /// <param name="nonce">16 bytes that nobody can foresee.</param>
    /// <param name="subprotocols">Those that are asked for, the one that is liked best first.</param>
    /// <param name="deflate">What is offered for compression; null for nothing.</param>
    public ClientHandshake(ReadOnlySpan<byte> nonce, ReadOnlySpan<string> subprotocols, DeflateOptions? deflate)
    {
        WebSocketKey.Write(nonce, _key);
        (_subprotocols, _deflate) = (subprotocols.ToArray(), deflate);
        Offer = deflate is null ? null : DeflateNegotiation.Offer(deflate);
    }

    /// <summary>The value of Sec-WebSocket-Key.</summary>
    public string Key => Encoding.ASCII.GetString(_key);

    /// <summary>The value of Sec-WebSocket-Protocol; null for none.</summary>
    public string? Protocols => _subprotocols.Length == 0 ? null : string.Join(", ", _subprotocols);

    /// <summary>The value of Sec-WebSocket-Extensions; null for none.</summary>
    public string? Offer { get; }

    /// <summary>The subprotocol that the server chose; null for none.</summary>
    public string? Subprotocol { get; private set; }

    /// <summary>What was agreed on for compression; null for none.</summary>
    public DeflateParameters? Deflate { get; private set; }

    /// <summary>Looks at the answer, whose status is 101, or 2xx over HTTP/2.</summary>
    /// <param name="accept">Its Sec-WebSocket-Accept; empty for none, as it is over HTTP/2.</param>
    /// <param name="isHttp2">Whether there was no key (RFC 8441 section 5).</param>
    /// <returns>False where RFC 6455 section 4.1 has the client fail the connection.</returns>
    public bool TryFinish(ReadOnlySpan<byte> accept, ReadOnlySpan<byte> protocol, ReadOnlySpan<byte> extensions, bool isHttp2)
    {
        Span<byte> expected = stackalloc byte[WebSocketKey.AcceptLength];
        WebSocketKey.WriteAccept(_key, expected);
        if (!isHttp2 && !FieldRules.Trim(accept).SequenceEqual(expected))
        {
            return false;
        }

        if (!protocol.IsEmpty)
        {
            string chosen = Encoding.ASCII.GetString(protocol);
            Subprotocol = Array.Find(_subprotocols, asked => asked == chosen);
            if (Subprotocol is null)
            {
                return false;
            }
        }

        if (!DeflateNegotiation.TryReadAnswer(extensions, _deflate, out DeflateParameters? agreed))
        {
            return false;
        }

        Deflate = agreed;
        return true;
    }
}
