namespace Roundtrip.Configuration.Syntax;

/// <summary>Where lines come from: a file, or the contents of a macro.</summary>
internal interface ILineSource
{
    /// <returns>False at the end.</returns>
    bool TryNext(out LogicalLine line);
}
