using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Configuration.Expressions;

/// <summary>What an expression comes to.</summary>
/// <param name="IsTrue">For a condition; false whenever there is a fault, so that nobody who looks no further takes it for granted.</param>
/// <param name="Text">For a string; empty for a condition and with a fault.</param>
/// <param name="Fault">Why it could not be evaluated, as a sentence for the error log; null when it was.</param>
/// <param name="Captures">What the last regular expression with groups caught: <c>$0</c> to <c>$9</c> for what follows.</param>
public readonly record struct ExpressionResult(bool IsTrue, string Text, string? Fault, PatternMatch Captures);
