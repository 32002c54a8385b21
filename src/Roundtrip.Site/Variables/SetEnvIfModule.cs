using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Expressions;
using Roundtrip.Configuration.Patterns;
using Roundtrip.Configuration.Sections;
using Roundtrip.Configuration.Settings;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Variables;

/// <summary>mod_setenvif: variables by what a request is like.</summary>
internal sealed class SetEnvIfModule : IConfigurationModule
{
    public string Name => "setenvif_module";

    public string SourceFile => "mod_setenvif.c";

    // An attribute, a pattern and variables, as words; their number is checked by hand for httpd's messages.
    public IEnumerable<Directive> Directives =>
    [
        new("SetEnvIf", Anywhere, 0, int.MaxValue, Usage, call => AddMatch(call, call.Words, PatternOptions.None)),
        new("SetEnvIfNoCase", Anywhere, 0, int.MaxValue, Usage, call => AddMatch(call, call.Words, PatternOptions.IgnoreCase)),
        new("BrowserMatch", Anywhere, 0, int.MaxValue, BrowserUsage, call => AddMatch(call, ["User-Agent", .. call.Words], PatternOptions.None)),
        new("BrowserMatchNoCase", Anywhere, 0, int.MaxValue, BrowserUsage, call => AddMatch(call, ["User-Agent", .. call.Words], PatternOptions.IgnoreCase)),
        new("SetEnvIfExpr", Anywhere, 2, int.MaxValue, "an expression and variables", AddCondition),
    ];

    private const string Usage = "an attribute, a regular expression and variables";
    private const string BrowserUsage = "a regular expression and variables";

    private static void AddMatch(DirectiveCall call, IReadOnlyList<string> words, PatternOptions options)
    {
        if (words.Count < 3)
        {
            throw new FormatException(words.Count < 2 ? $"Missing regular expression for {call.Name}" : $"Missing envariable expression for {call.Name}");
        }

        ServerPattern pattern = ServerPattern.Parse(Headers.FieldText.Bytes(words[1]), options, out string fault)
            ?? throw new FormatException($"{call.Name} regex could not be compiled. {fault}");
        Add(call, new VariableRule(VariableSource.Parse(words[0]), pattern, null, [.. words.Skip(2).Select(VariableChange.Parse)]));
    }

    private static void AddCondition(DirectiveCall call)
    {
        Expression condition = Expression.Parse(call.Words[0], ExpressionMode.Condition, new ExpressionOptions(), out ExpressionError? error)
            ?? throw new FormatException($"Could not parse expression \"{call.Words[0]}\": {error}");
        Add(call, new VariableRule(null, null, condition, [.. call.Words.Skip(1).Select(VariableChange.Parse)]));
    }

    private static void Add(DirectiveCall call, VariableRule rule)
    {
        SettingKey<VariableRules> key = call.Scope.Kind is ScopeKind.Server or ScopeKind.VirtualHost ? VariableSettings.OfServer : VariableSettings.OfSections;
        call.Settings.Update(key, rules => rules.Add(rule));
    }
}
