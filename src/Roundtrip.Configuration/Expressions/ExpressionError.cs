namespace Roundtrip.Configuration.Expressions;

/// <summary>Why a text is not an expression.</summary>
/// <param name="Column">Where in the text, from 1.</param>
public readonly record struct ExpressionError(int Column, string Message)
{
    public override string ToString() => $"column {Column}: {Message}";
}
