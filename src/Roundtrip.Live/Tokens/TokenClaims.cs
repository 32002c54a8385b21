using System.Text.Json;
using Roundtrip.Live.Topics;

namespace Roundtrip.Live.Tokens;

/// <summary>The claims of a token whose signature is right: its time (RFC 7519 §4.1), and <c>mercure</c>, an object with <c>publish</c>, <c>subscribe</c> and <c>payload</c>.</summary>
internal static class TokenClaims
{
    // A token is also what is kept for each connection.
    private const int MaximumSelectors = 100;

    /// <exception cref="JsonException">It is no JSON.</exception>
    public static TokenFault Read(byte[] body, long unixSeconds, int leeway, out LiveGrant grant)
    {
        grant = LiveGrant.Nothing;
        using JsonDocument document = JsonDocument.Parse(body);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !TryTime(root, "exp", out long? expires) || !TryTime(root, "nbf", out long? begins))
        {
            return TokenFault.Claims;
        }

        // RFC 7519 §4.1.4: on or after its time it must not be accepted.
        if (expires <= unixSeconds - leeway)
        {
            return TokenFault.Expired;
        }

        if (begins > unixSeconds + leeway)
        {
            return TokenFault.NotYetValid;
        }

        IReadOnlyList<TopicSelector>? publish = null;
        IReadOnlyList<TopicSelector>? subscribe = null;
        string payload = "";
        if (root.TryGetProperty("mercure", out JsonElement mercure))
        {
            if (mercure.ValueKind != JsonValueKind.Object || !TrySelectors(mercure, "publish", out publish) || !TrySelectors(mercure, "subscribe", out subscribe))
            {
                return TokenFault.Claims;
            }

            payload = mercure.TryGetProperty("payload", out JsonElement said) ? said.GetRawText() : "";
        }

        grant = new LiveGrant { Publish = publish, Subscribe = subscribe ?? [], Payload = payload, Expires = expires ?? long.MaxValue };
        return TokenFault.None;
    }

    // RFC 7519 §2: a NumericDate may have a fraction.
    private static bool TryTime(JsonElement root, string name, out long? seconds)
    {
        seconds = null;
        if (!root.TryGetProperty(name, out JsonElement value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || number is < 0 or > 1e15)
        {
            return false;
        }

        seconds = (long)number;
        return true;
    }

    private static bool TrySelectors(JsonElement mercure, string name, out IReadOnlyList<TopicSelector>? selectors)
    {
        selectors = null;
        if (!mercure.TryGetProperty(name, out JsonElement array) || array.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > MaximumSelectors)
        {
            return false;
        }

        var read = new List<TopicSelector>();
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || !TopicSelector.TryParse(item.GetString()!, out TopicSelector? selector))
            {
                return false;
            }

            read.Add(selector);
        }

        selectors = read;
        return true;
    }
}
