namespace Roundtrip.Fuzz;

/// <summary>One input, run to its end. Throws when something that must always hold does not.</summary>
public delegate void FuzzTarget(ReadOnlySpan<byte> input);
