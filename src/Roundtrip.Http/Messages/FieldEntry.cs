namespace Roundtrip.Http;

/// <summary>Where one field line of a request stands in its head.</summary>
/// <param name="Name">The name as sent.</param>
/// <param name="Value">The value without the white space around it.</param>
/// <param name="Known">Which known field it is, if any.</param>
public readonly record struct FieldEntry(Slice Name, Slice Value, KnownField Known);
