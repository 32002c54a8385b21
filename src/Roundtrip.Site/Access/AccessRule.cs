using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Access;

/// <summary>Who may have something: what Require and its containers, and Order, Allow and Deny, came to.</summary>
public abstract class AccessRule
{
    public static readonly AccessRule Granted = new Fixed(AccessDecision.Granted);

    public static readonly AccessRule Denied = new Fixed(AccessDecision.Denied);

    /// <summary>Whether it grants everybody, so that it need not be asked for each request.</summary>
    public bool GrantsAll => ReferenceEquals(this, Granted);

    public abstract AccessDecision Decide(RequestFacts request);

    /// <summary>Both rules must grant.</summary>
    public static AccessRule Both(AccessRule first, AccessRule second) =>
        first.GrantsAll ? second : second.GrantsAll || ReferenceEquals(first, second) ? first : new Conjunction(first, second);

    private sealed class Fixed(AccessDecision decision) : AccessRule
    {
        public override AccessDecision Decide(RequestFacts request) => decision;
    }

    private sealed class Conjunction(AccessRule first, AccessRule second) : AccessRule
    {
        public override AccessDecision Decide(RequestFacts request) => first.Decide(request) is var decision and not AccessDecision.Granted ? decision : second.Decide(request);
    }
}

/// <summary>mod_authz_core's results.</summary>
public enum AccessDecision : byte
{
    Granted,

    /// <summary>403.</summary>
    Denied,

    /// <summary>Nothing is said: within a container others decide; for a request it is a denial.</summary>
    Neutral,
}
