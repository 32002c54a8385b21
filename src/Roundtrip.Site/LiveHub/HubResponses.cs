using System.Security.Cryptography;
using System.Text;
using Roundtrip.Http;
using Roundtrip.Http.WebSocket.Handshake;
using Roundtrip.Site.Headers;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.LiveHub;

/// <summary>How a hub answers: the fields that CORS needs (Fetch Standard, section 3.2), and errors in a sentence.</summary>
internal static class HubResponses
{
    /// <summary>For a publisher whose message is not stored, or not known to be.</summary>
    public const string NotStored = "the hub's store does not answer: ask again, with an id of your own so that nothing is stored twice";

    private static readonly FieldBlock Nothing = FieldBlock.Create(("Cache-Control", "no-store"));
    private static readonly FieldBlock Text = FieldBlock.Create(("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"));

    /// <summary>Lets pages of origins that may use the hub read the answer.</summary>
    public static void AllowOrigin(Exchange exchange, HubDefinition hub)
    {
        // Origin is what the browser sent, whatever RequestHeader makes of it: the browser compares.
        // A cache must not give one origin's answer to another, nor what it kept of a request without Origin.
        bool allowsAny = hub.Origins.Contains("*");
        if (!allowsAny)
        {
            exchange.ResponseFields.Add("Vary"u8, "Origin"u8);
        }

        if (!allowsAny && (hub.Origins.IsEmpty || !exchange.Request.Has(KnownField.Origin) || !new OriginRule(hub.Origins.AsSpan()).Allows(exchange.Request)))
        {
            return;
        }

        if (allowsAny)
        {
            // Fetch Standard, section 3.2.5: never with credentials.
            exchange.ResponseFields.Add("Access-Control-Allow-Origin"u8, "*"u8);
        }
        else
        {
            exchange.ResponseFields.Add("Access-Control-Allow-Origin"u8, exchange.Request.Value(KnownField.Origin));
            exchange.ResponseFields.Add("Access-Control-Allow-Credentials"u8, "true"u8);
        }

        exchange.ResponseFields.Add("Access-Control-Expose-Headers"u8, "Last-Event-ID, ETag, Link, Live-Refusal, Live-Max-Channels"u8);
    }

    /// <summary>Answers a preflight.</summary>
    public static void AnswerPreflight(Exchange exchange, HubDefinition hub)
    {
        AllowOrigin(exchange, hub);
        exchange.ResponseFields.Add("Access-Control-Allow-Methods"u8, "GET, POST, OPTIONS"u8);
        exchange.ResponseFields.Add("Access-Control-Allow-Headers"u8, "authorization, cache-control, content-type, if-none-match, last-event-id"u8);
        exchange.ResponseFields.Add("Access-Control-Max-Age"u8, "7200"u8);
        exchange.ResponseFields.Add("Allow"u8, "GET, HEAD, POST, OPTIONS"u8);
        ResponseFields.Respond(exchange, 204, FieldBlock.Empty, 0);
        exchange.Complete();
    }

    /// <summary>Answers 204, whose fields say nothing of content since it has none (RFC 9110 §15.3.5).</summary>
    public static void SayNothing(Exchange exchange, HubDefinition hub)
    {
        AllowOrigin(exchange, hub);
        Send(exchange, 204, Nothing, default);
    }

    /// <summary>Answers with a sentence, which the error log has too where it names a limit.</summary>
    public static void Say(Exchange exchange, Hub hub, int status, string sentence)
    {
        hub.NoteIfLimit(exchange.Connection, exchange, status, sentence);
        AllowOrigin(exchange, hub.Definition);
        if (status == 401)
        {
            // RFC 6750 §3.
            exchange.ResponseFields.Add("WWW-Authenticate"u8, "Bearer"u8);
        }

        if (status == 503)
        {
            // RFC 9110 §10.2.3.
            exchange.ResponseFields.Add("Retry-After"u8, "2"u8);
        }

        if (status >= 400)
        {
            // Who says so: a client that reads 403 of something in between tries another carrier (docs/live.md).
            exchange.ResponseFields.Add("Live-Refusal"u8, Encoding.ASCII.GetBytes($"{status}"));
        }

        if (status == 429)
        {
            // How many it may ask for, so that it can.
            exchange.ResponseFields.Add("Live-Max-Channels"u8, Encoding.ASCII.GetBytes($"{hub.Definition.MaximumChannels}"));
        }

        Send(exchange, status, Text, Encoding.UTF8.GetBytes(sentence + "\n"));
    }

    /// <summary>The entity tag of content (RFC 9110 section 8.8.3).</summary>
    public static byte[] TagOf(ReadOnlySpan<byte> content) => Encoding.ASCII.GetBytes($"\"{Convert.ToHexString(SHA256.HashData(content).AsSpan(0, 12))}\"");

    /// <summary>Sends a whole answer, or 304 to a client that has it.</summary>
    /// <param name="tag">Of <see cref="TagOf"/>.</param>
    public static void SendTagged(Exchange exchange, FieldBlock fields, ReadOnlySpan<byte> content, ReadOnlySpan<byte> tag)
    {
        exchange.ResponseFields.Add("ETag"u8, tag);
        bool isKnown = RequestFacts.RequestOf(exchange).Value(KnownField.IfNoneMatch).IndexOf(tag) >= 0;
        Send(exchange, isKnown ? 304 : 200, fields, isKnown ? default : content);
    }

    /// <summary>Sends a whole answer.</summary>
    public static void Send(Exchange exchange, int status, FieldBlock fields, ReadOnlySpan<byte> content)
    {
        if (status < 400)
        {
            // RFC 9110 §8.6: Content-Length of 304 would be that of the content which the client has.
            ResponseFields.Respond(exchange, status, fields, status == 304 ? Exchange.UnknownLength : content.Length);
        }
        else
        {
            ResponseFields.RespondToFailure(exchange, status, fields, content.Length);
        }

        int taken = exchange.Request.Method == Method.Head ? content.Length : exchange.Write(content);
        if (taken < content.Length)
        {
            byte[] rest = Pinned(content[taken..]);
            exchange.WriteShared(rest, 0, rest.Length);
        }

        exchange.Complete();
    }

    /// <summary>A copy that the kernel may be given the address of: <see cref="Exchange.WriteShared"/>.</summary>
    public static byte[] Pinned(ReadOnlySpan<byte> content)
    {
        byte[] pinned = GC.AllocateUninitializedArray<byte>(content.Length, pinned: true);
        content.CopyTo(pinned);
        return pinned;
    }
}
