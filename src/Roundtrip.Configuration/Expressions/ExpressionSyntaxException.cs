namespace Roundtrip.Configuration.Expressions;

/// <summary>Leaves the parser, from as deep as it is; it does not leave <see cref="Expression.Parse"/>.</summary>
internal sealed class ExpressionSyntaxException(int column, string message) : Exception(message)
{
    public int Column { get; } = column;
}
