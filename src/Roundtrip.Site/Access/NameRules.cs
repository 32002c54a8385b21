using System.Collections.Immutable;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Access;

/// <summary>
/// <c>Require host</c>: the client's name is one of these, or lies below one. Anybody can name his own address as he likes, so the name counts only where it leads back to the address (a double
/// reverse lookup).
/// </summary>
internal sealed class HostRule(ImmutableArray<string> domains) : AccessRule
{
    public override bool NeedsFacts => true;

    public override AccessDecision Decide(Exchange exchange, RequestFacts? facts)
    {
        NameAnswer? answer = facts!.Ask(new NameQuestion(null, facts.Remote.WithoutPort()));
        return answer switch
        {
            null => AccessDecision.Pending,
            { IsFailure: true } => AccessDecision.Refused,
            { Name: { } name } when domains.Any(domain => IsIn(domain, name)) => AccessDecision.Granted,
            _ => AccessDecision.Denied,
        };
    }

    // in_domain: whole labels, whether or not the domain begins with a period.
    internal static bool IsIn(string domain, string name) =>
        name.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
        && (name.Length == domain.Length || domain.StartsWith('.') || name[name.Length - domain.Length - 1] == '.');
}

/// <summary><c>Require forward-dns</c>: one of these names leads to the client's address. The client's own name is not asked for.</summary>
internal sealed class ForwardRule(ImmutableArray<string> names) : AccessRule
{
    public override bool NeedsFacts => true;

    public override AccessDecision Decide(Exchange exchange, RequestFacts? facts)
    {
        PeerAddress remote = facts!.Remote;
        AccessDecision result = AccessDecision.Denied;
        foreach (string name in names)
        {
            NameAnswer? answer = facts.Ask(new NameQuestion(name, default));
            if (answer is not null && answer.Addresses.Any(address => address.Bits == remote.Bits))
            {
                return AccessDecision.Granted;
            }

            result = AccessDecisions.Or(result, answer is null ? AccessDecision.Pending : answer.IsFailure ? AccessDecision.Refused : AccessDecision.Denied);
        }

        return result;
    }
}
