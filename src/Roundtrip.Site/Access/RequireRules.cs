using System.Collections.Immutable;
using Roundtrip.Configuration.Expressions;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Access;

/// <summary><c>Require method</c>.</summary>
internal sealed class MethodRule(MethodSet methods) : AccessRule
{
    public override AccessDecision Decide(Exchange exchange, RequestFacts? facts) =>
        methods.Contains(exchange.Request) ? AccessDecision.Granted : AccessDecision.Denied;
}

/// <summary><c>Require env</c>, and <c>env=</c> of Allow and Deny: whether one of the variables is set; or, for <c>env=!</c>, whether one is not.</summary>
internal sealed class EnvironmentRule(ImmutableArray<string> names, bool isUnset) : AccessRule
{
    public override bool NeedsFacts => true;

    public override AccessDecision Decide(Exchange exchange, RequestFacts? facts)
    {
        foreach (string name in names)
        {
            if (facts!.Environment.ContainsKey(name) != isUnset)
            {
                return AccessDecision.Granted;
            }
        }

        return AccessDecision.Denied;
    }
}

/// <summary><c>Require expr</c>.</summary>
internal sealed class ExpressionRule(Expression expression) : AccessRule
{
    public override bool NeedsFacts => true;

    public override AccessDecision Decide(Exchange exchange, RequestFacts? facts)
    {
        ExpressionResult result = expression.Evaluate(facts!);
        return result.Fault is not null ? AccessDecision.Refused : result.IsTrue ? AccessDecision.Granted : AccessDecision.Denied;
    }
}

/// <summary><c>Require ip</c>: the addresses of a client.</summary>
internal sealed class AddressRule(Subnet[] ranges) : AccessRule
{
    public static Subnet Parse(string text) => Subnet.Parse(text)
        ?? throw new FormatException($"ip address '{text}' appears to be invalid: The specified IP address is invalid.");

    public override AccessDecision Decide(Exchange exchange, RequestFacts? facts)
    {
        PeerAddress remote = exchange.Connection.Remote;
        foreach (Subnet range in ranges)
        {
            if (range.Contains(remote))
            {
                return AccessDecision.Granted;
            }
        }

        return AccessDecision.Denied;
    }
}

/// <summary><c>Require local</c>: a loopback address, or the address at which the connection came.</summary>
internal sealed class LocalRule : AccessRule
{
    private static readonly Subnet Loopback = Subnet.Parse("127.0.0.0/8")!;
    private static readonly Subnet Loopback6 = Subnet.Parse("::1")!;

    public override AccessDecision Decide(Exchange exchange, RequestFacts? facts)
    {
        IConnectionHost connection = exchange.Connection;
        PeerAddress remote = connection.Remote;
        return Loopback.Contains(remote) || Loopback6.Contains(remote) || remote.Bits == connection.Local.Bits ? AccessDecision.Granted : AccessDecision.Denied;
    }
}
