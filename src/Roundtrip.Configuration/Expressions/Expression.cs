using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Configuration.Expressions;

/// <summary>
/// An expression as httpd's ap_expr knows it (the manual's "Expressions in Apache HTTP Server"): parsed once, evaluated as often as is liked, by any thread. An evaluation goes through the
/// tree at most once, so its time is bounded by the text's length; regular expressions have their own limit of time, every text has <see cref="MaximumText"/>.
/// </summary>
public sealed class Expression
{
    /// <summary>Characters in an expression.</summary>
    public const int MaximumLength = 8192;

    /// <summary>How deep parentheses, negations, functions and variables may lie in one another. httpd evaluates 20 deep.</summary>
    public const int MaximumDepth = 32;

    /// <summary>Characters in any text that comes up while evaluating; a longer one is a fault.</summary>
    public const int MaximumText = 64 * 1024;

    private readonly Node _root;

    private Expression(string text, ExpressionMode mode, Node root)
    {
        Text = text;
        Mode = mode;
        _root = root;
    }

    /// <summary>The expression as it was written.</summary>
    public string Text { get; }

    public ExpressionMode Mode { get; }

    /// <returns>Null when the text is not an expression; <paramref name="error"/> says why.</returns>
    public static Expression? Parse(string text, ExpressionMode mode, ExpressionOptions options, out ExpressionError? error)
    {
        if (text.Length > MaximumLength)
        {
            error = new ExpressionError(MaximumLength, $"The expression is longer than {MaximumLength} characters");
            return null;
        }

        try
        {
            error = null;
            return new Expression(text, mode, new ExpressionParser(text, options).Parse(mode));
        }
        catch (ExpressionSyntaxException wrong)
        {
            error = new ExpressionError(wrong.Column, wrong.Message);
            return null;
        }
    }

    /// <param name="captures">What <c>$0</c> to <c>$9</c> are before a regular expression of this one has groups.</param>
    public ExpressionResult Evaluate(IExpressionContext context, PatternMatch captures = default)
    {
        var evaluation = new Evaluation(context, captures);
        bool isTrue = _root is ConditionNode condition && condition.Holds(evaluation);
        string text = _root is WordNode word ? word.Value(evaluation) : "";
        return evaluation.Fault is null
            ? new ExpressionResult(isTrue, text, null, evaluation.Captures)
            : new ExpressionResult(false, "", evaluation.Fault, captures);
    }
}
