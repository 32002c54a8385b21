namespace Roundtrip.Configuration;

/// <summary>A line that cannot be obeyed, or a warning about one. It is printed as <c>file:line: message</c>.</summary>
public readonly record struct ConfigurationError(SourcePosition Position, string Message)
{
    public override string ToString() => $"{Position}: {Message}";
}
