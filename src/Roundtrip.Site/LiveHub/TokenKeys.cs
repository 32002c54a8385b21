using Roundtrip.Live.Tokens;

namespace Roundtrip.Site.LiveHub;

/// <summary>What a token grants at a hub: each key that it is signed with gives its own right alone. One secret may stand for both.</summary>
internal static class TokenKeys
{
    /// <param name="unixSeconds">The time.</param>
    /// <param name="grant">What all keys together grant; nothing where it is refused.</param>
    /// <returns>None, or why no key takes it.</returns>
    public static TokenFault TryRead(string token, HubDefinition hub, long unixSeconds, out LiveGrant grant)
    {
        TokenFault asPublisher = Read(token, hub.PublisherKey, unixSeconds, out LiveGrant publishing);
        TokenFault asSubscriber = Read(token, hub.SubscriberKey, unixSeconds, out LiveGrant subscribing);
        if (asPublisher != TokenFault.None && asSubscriber != TokenFault.None)
        {
            grant = LiveGrant.Nothing;

            // A signature that is right says more of what is wrong.
            return asPublisher == TokenFault.Signature ? asSubscriber : asPublisher;
        }

        grant = new LiveGrant
        {
            Publish = publishing.Publish,
            Subscribe = subscribing.Subscribe,
            Payload = subscribing.Payload,
            Expires = Math.Min(publishing.Expires, subscribing.Expires),
        };
        return TokenFault.None;
    }

    private static TokenFault Read(string token, TokenKey? key, long unixSeconds, out LiveGrant grant)
    {
        grant = LiveGrant.Nothing;
        return key is null ? TokenFault.Signature : TokenReader.TryRead(token, key, unixSeconds, out grant);
    }
}
