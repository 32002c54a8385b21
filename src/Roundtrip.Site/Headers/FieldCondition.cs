using Roundtrip.Configuration.Expressions;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Headers;

/// <summary>When a Header directive counts: <c>env=[!]VARIABLE</c> or <c>expr=EXPRESSION</c>.</summary>
internal sealed class FieldCondition
{
    private readonly string _variable;
    private readonly bool _isNegated;
    private readonly Expression? _expression;

    private FieldCondition(string variable, bool isNegated, Expression? expression) => (_variable, _isNegated, _expression) = (variable, isNegated, expression);

    /// <exception cref="FormatException">It is no condition.</exception>
    public static FieldCondition Parse(string text)
    {
        if (text.StartsWith("env=", StringComparison.OrdinalIgnoreCase))
        {
            bool isNegated = text.Length > 4 && text[4] == '!';
            string variable = text[(isNegated ? 5 : 4)..];
            return variable.Length > 0
                ? new FieldCondition(variable, isNegated, null)
                : throw new FormatException("error: missing environment variable name. envclause should be in the form env=envar ");
        }

        if (!text.StartsWith("expr=", StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException($"Unknown parameter: {text}");
        }

        return new FieldCondition("", false, Expression.Parse(text[5..], ExpressionMode.Condition, new ExpressionOptions(), out ExpressionError? error)
            ?? throw new FormatException($"Can't parse envclause/expression: {error}"));
    }

    /// <summary>A condition that cannot be evaluated does not hold.</summary>
    public bool Holds(RequestFacts request) => _expression is not null
        ? _expression.Evaluate(request).IsTrue
        : request.Environment.ContainsKey(_variable) != _isNegated;
}
