namespace Roundtrip.Site.Variables;

/// <summary>What rules make of a request's variables.</summary>
/// <param name="Variables">Those that are set in the end.</param>
/// <param name="IsUndecided">Whether a pattern took too long, or an expression failed: then nothing may be served, since variables can forbid it.</param>
internal sealed record VariableOutcome(IReadOnlyDictionary<string, string> Variables, bool IsUndecided)
{
    /// <summary>Nothing is set, as for almost every request.</summary>
    public static readonly VariableOutcome Nothing = new(new Dictionary<string, string>(), false);

    public static readonly VariableOutcome Undecided = new(new Dictionary<string, string>(), true);

    public bool IsNothing => ReferenceEquals(this, Nothing);
}
