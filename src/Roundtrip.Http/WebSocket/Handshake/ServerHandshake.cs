using System.Text;
using Roundtrip.Http.WebSocket.Deflate;

namespace Roundtrip.Http.WebSocket.Handshake;

/// <summary>
/// The server's side of the opening handshake (RFC 6455 section 4.2): over HTTP/1.1 an Upgrade, over HTTP/2 an extended CONNECT (RFC 8441), which has no key. <see cref="Read"/>, then, if its
/// <see cref="Status"/> and the origin allow it, <see cref="Accept"/>; otherwise the exchange is answered as ever.
/// </summary>
public sealed class ServerHandshake
{
    /// <summary>What a refusal of another version, or of no WebSocket, says: RFC 6455 section 4.4, RFC 9110 section 15.5.22.</summary>
    public static readonly FieldBlock RefusalFields = FieldBlock.Create(("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"));

    /// <summary>The same where the version has no Upgrade (RFC 9113 section 8.2.2).</summary>
    public static readonly FieldBlock RefusalFieldsHttp2 = FieldBlock.Create(("Sec-WebSocket-Version", "13"));

    private ServerHandshake()
    {
    }

    public HandshakeStatus Status { get; private set; }

    /// <summary>The subprotocol that was chosen; null for none.</summary>
    public string? Subprotocol { get; private set; }

    /// <summary>What was agreed on for compression; null for none.</summary>
    public DeflateParameters? Deflate { get; private set; }

    /// <summary>Looks at a request.</summary>
    /// <param name="subprotocols">Those that are spoken here, the one that is liked best first.</param>
    /// <param name="deflate">What is wanted of compression; null for none.</param>
    public static ServerHandshake Read(Exchange exchange, ReadOnlySpan<string> subprotocols, DeflateOptions? deflate)
    {
        RequestHead request = exchange.Request;
        var handshake = new ServerHandshake();
        bool isHttp2 = !request.Protocol.IsEmpty;
        if (!exchange.AsksFor("websocket"u8))
        {
            handshake.Status = HandshakeStatus.NotAsked;
        }
        else if (request.Count(KnownField.SecWebSocketVersion) != 1 || (!isHttp2 && request.Method != Method.Get))
        {
            handshake.Status = HandshakeStatus.Malformed;
        }
        else if (!request.Value(KnownField.SecWebSocketVersion).SequenceEqual("13"u8))
        {
            handshake.Status = HandshakeStatus.UnsupportedVersion;
        }
        else if (!isHttp2 && (request.Count(KnownField.SecWebSocketKey) != 1 || !WebSocketKey.IsValid(request.Value(KnownField.SecWebSocketKey))))
        {
            // RFC 8441 §5: over HTTP/2 the key is not processed.
            handshake.Status = HandshakeStatus.Malformed;
        }
        else if (!handshake.TryChooseSubprotocol(request, subprotocols) || !handshake.TryChooseExtensions(request, deflate))
        {
            handshake.Status = HandshakeStatus.Malformed;
        }

        return handshake;
    }

    /// <summary>Answers 101, or 200 over HTTP/2; from then on the exchange is a tunnel.</summary>
    public void Accept(Exchange exchange)
    {
        FieldBuffer fields = exchange.ResponseFields;
        if (exchange.Request.Protocol.IsEmpty)
        {
            Span<byte> accept = stackalloc byte[WebSocketKey.AcceptLength];
            WebSocketKey.WriteAccept(exchange.Request.Value(KnownField.SecWebSocketKey), accept);
            fields.Add("Sec-WebSocket-Accept"u8, accept);
        }

        if (Subprotocol is not null)
        {
            fields.Add("Sec-WebSocket-Protocol"u8, Encoding.ASCII.GetBytes(Subprotocol));
        }

        if (Deflate is { } deflate)
        {
            fields.Add("Sec-WebSocket-Extensions"u8, Encoding.ASCII.GetBytes(DeflateNegotiation.Describe(deflate)));
        }

        exchange.AcceptUpgrade("websocket"u8, FieldBlock.Empty);
    }

    // RFC 6455 §4.2.2: one of the client's, or none. The server's own order decides.
    private bool TryChooseSubprotocol(RequestHead request, ReadOnlySpan<string> subprotocols)
    {
        int best = subprotocols.Length;
        foreach (ref readonly FieldEntry field in request.Fields)
        {
            if (field.Known != KnownField.SecWebSocketProtocol)
            {
                continue;
            }

            ReadOnlySpan<byte> list = request.At(field.Value);
            foreach (Range item in list.Split((byte)','))
            {
                ReadOnlySpan<byte> name = FieldRules.Trim(list[item]);
                if (!name.IsEmpty && !FieldRules.IsToken(name))
                {
                    return false;
                }

                for (int i = 0; i < best; i++)
                {
                    if (Ascii.Equals(name, subprotocols[i]))
                    {
                        best = i;
                    }
                }
            }
        }

        Subprotocol = best < subprotocols.Length ? subprotocols[best] : null;
        return true;
    }

    // RFC 6455 §9.1: several fields are one list.
    private bool TryChooseExtensions(RequestHead request, DeflateOptions? options)
    {
        foreach (ref readonly FieldEntry field in request.Fields)
        {
            if (field.Known != KnownField.SecWebSocketExtensions)
            {
                continue;
            }

            if (!DeflateNegotiation.TryChoose(request.At(field.Value), options, out DeflateParameters? agreed))
            {
                return false;
            }

            Deflate ??= agreed;
        }

        return true;
    }
}
