using System.Collections.Immutable;
using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Expressions;
using Roundtrip.Configuration.Sections;
using Roundtrip.Configuration.Syntax;
using Roundtrip.Site.Core;

namespace Roundtrip.Site.Access;

/// <summary>Reads Require and its containers.</summary>
internal static class RequireDirectives
{
    public static void Require(DirectiveCall call)
    {
        string provider = Words.First(call.Raw, out string rest);
        bool isNegated = provider.Equals("not", StringComparison.OrdinalIgnoreCase);
        if (isNegated)
        {
            provider = Words.First(rest, out rest);
        }

        if (provider.Length == 0)
        {
            throw new FormatException("takes the name of a provider and what it asks for: all granted");
        }

        if (RuleOf(provider, rest) is not { } rule)
        {
            // What is asked for cannot be told, so nothing in the scope is served. Another rule beside it does not help: it may be one that should not have been enough.
            call.Warn($"'{provider}' is not built: all of its scope is answered with 501");
            call.Settings.Set(CoreSettings.Guard, $"Require {provider}");
            rule = AccessRule.Denied;
        }

        var part = new RequirePart(rule, isNegated, LimitSections.MethodsOf(call.Scope));
        call.Settings.Update(AccessSettings.Require, before => before.Add(part, "negative Require"));
    }

    public static void Container(DirectiveCall call, bool isAll, bool isNone)
    {
        RequireSetting around = call.Settings.Get(AccessSettings.Require);
        call.Settings.Set(AccessSettings.Require, new RequireSetting([], isAll, AuthMerging.Off));
        RequireSetting read;
        try
        {
            LimitSections.ReadShared(call, new Scope(call.Scope.Kind, call.Scope, call.Settings) { Path = call.Scope.Path });
        }
        finally
        {
            read = call.Settings.Get(AccessSettings.Require);
            call.Settings.Set(AccessSettings.Require, around);
        }

        if (!read.IsSaid)
        {
            throw new FormatException($"<{call.Name}> directive contains no authorization directives");
        }

        if (read.Parts.All(part => part.IsNegated))
        {
            throw new FormatException($"<{call.Name}> directive contains only negative authorization directives");
        }

        call.Settings.Set(AccessSettings.Require, around.Add(read.AsPart(isNone), $"<{call.Name}>"));
    }

    private static AccessRule? RuleOf(string provider, string arguments) => provider.ToUpperInvariant() switch
    {
        "ALL" => arguments.Trim().ToUpperInvariant() switch
        {
            "GRANTED" => AccessRule.Granted,
            "DENIED" => AccessRule.Denied,
            _ => throw new FormatException("Argument for 'Require all' must be 'granted' or 'denied'"),
        },
        "METHOD" => new MethodRule(MethodSet.Of(Some(arguments, "method").Select(name =>
            MethodSet.IsKnown(name) ? name : throw new FormatException($"Invalid Method '{name}'")))),
        "ENV" => new EnvironmentRule(Some(arguments, "env"), isUnset: false),
        "EXPR" => OfExpression(arguments),
        "IP" => new AddressRule([.. Some(arguments, "ip").Select(AddressRule.Parse)]),
        "HOST" => new HostRule(Some(arguments, "host")),
        "FORWARD-DNS" => new ForwardRule(Some(arguments, "forward-dns")),
        "LOCAL" => new LocalRule(),
        _ => null,
    };

    // Deviates: httpd takes a provider without arguments, which then matches nothing; with a "not" before it nobody is kept out, so it is an error here.
    private static ImmutableArray<string> Some(string arguments, string provider) => Words.Split(arguments) switch
    {
        { Count: 0 } => throw new FormatException($"'Require {provider}' asks for nothing"),

        // Deviates: httpd evaluates expressions in these names for each request. A name that the request chooses is none to trust.
        var words when words.Any(word => word.Contains("%{", StringComparison.Ordinal)) => throw new FormatException("an expression is not possible here: use Require expr"),
        var words => [.. words],
    };

    private static ExpressionRule OfExpression(string text)
    {
        // mod_authz_core: quotes around the whole are taken off.
        text = text.Trim();
        text = text is ['"', .., '"'] ? text[1..^1] : text;
        return new ExpressionRule(Expression.Parse(text, ExpressionMode.Condition, new ExpressionOptions(), out ExpressionError? error)
            ?? throw new FormatException($"Cannot parse expression in require line: {error}"));
    }
}
