namespace Roundtrip.Site.Configuration;

/// <summary>A line that cannot be obeyed.</summary>
/// <param name="Line">Its number, from 1.</param>
public readonly record struct ConfigurationError(string File, int Line, string Message)
{
    public override string ToString() => $"{File}:{Line}: {Message}";
}
