using Roundtrip.Configuration.Expressions;

namespace Roundtrip.Site.AccessLog;

/// <summary>Which requests a log has lines of: the last argument of CustomLog, <c>env=name</c>, <c>env=!name</c> or <c>expr=expression</c>.</summary>
internal sealed class LogCondition
{
    private readonly string _variable;
    private readonly bool _isUnset;
    private readonly Expression? _expression;

    private LogCondition(string variable, bool isUnset, Expression? expression) => (_variable, _isUnset, _expression) = (variable, isUnset, expression);

    /// <exception cref="FormatException">It is none of these.</exception>
    public static LogCondition Parse(string text)
    {
        if (text.StartsWith("env=", StringComparison.OrdinalIgnoreCase) && text.Length > 4)
        {
            bool isUnset = text[4] == '!';
            string name = text[(isUnset ? 5 : 4)..];
            return name.Length > 0 ? new LogCondition(name, isUnset, null) : throw new FormatException("missing environment variable name");
        }

        if (!text.StartsWith("expr=", StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException("error in condition clause");
        }

        return Expression.Parse(text["expr=".Length..], ExpressionMode.Condition, new ExpressionOptions(), out ExpressionError? error) is { } expression
            ? new LogCondition("", false, expression)
            : throw new FormatException($"error in log condition: {error!.Value.Message}");
    }

    /// <summary>Whether the request has a line. Where an expression cannot be decided it has: what is logged too much can be taken away.</summary>
    public bool Holds(in LogFacts facts)
    {
        if (_expression is null)
        {
            return facts.Asked?.Environment.ContainsKey(_variable) == true != _isUnset;
        }

        ExpressionResult result = _expression.Evaluate(facts.ForExpressions());
        return result.Fault is not null || result.IsTrue;
    }
}
