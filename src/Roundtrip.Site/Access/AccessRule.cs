using Roundtrip.Http;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Access;

/// <summary>Who may have something: what Require and its containers, and Order, Allow and Deny, came to. Immutable, and shared by all loops.</summary>
public abstract class AccessRule
{
    public static readonly AccessRule Granted = new Fixed(AccessDecision.Granted);

    public static readonly AccessRule Denied = new Fixed(AccessDecision.Denied);

    /// <summary>Whether it grants everybody, so that it need not be asked for each request.</summary>
    public bool GrantsAll => ReferenceEquals(this, Granted);

    /// <summary>Whether it looks at more than the exchange: at the environment, or at names. Without it a request is decided without anything being made for it.</summary>
    public virtual bool NeedsFacts => false;

    /// <summary>Whether it has a say about a request: within Limit, by its method.</summary>
    public virtual bool AppliesTo(RequestHead request) => true;

    /// <param name="facts">Null only where <see cref="NeedsFacts"/> is false.</param>
    public abstract AccessDecision Decide(Exchange exchange, RequestFacts? facts);

    /// <summary>Both rules must grant.</summary>
    public static AccessRule Both(AccessRule first, AccessRule second) =>
        first.GrantsAll ? second : second.GrantsAll || ReferenceEquals(first, second) ? first : new Conjunction(first, second);

    private sealed class Fixed(AccessDecision decision) : AccessRule
    {
        public override AccessDecision Decide(Exchange exchange, RequestFacts? facts) => decision;
    }

    private sealed class Conjunction(AccessRule first, AccessRule second) : AccessRule
    {
        public override bool NeedsFacts { get; } = first.NeedsFacts || second.NeedsFacts;

        // What is neutral here has granted nothing.
        public override AccessDecision Decide(Exchange exchange, RequestFacts? facts) =>
            first.Decide(exchange, facts) is var decision and not AccessDecision.Granted ? decision : second.Decide(exchange, facts);
    }
}
