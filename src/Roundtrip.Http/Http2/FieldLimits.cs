namespace Roundtrip.Http.Http2;

/// <summary>How much of one header or trailer section is kept.</summary>
/// <param name="Fields">The most fields, pseudo-fields not among them; 0 is no limit.</param>
/// <param name="Size">The greatest sum over all fields of name, value and 32 bytes (RFC 9113 section 6.5.2: SETTINGS_MAX_HEADER_LIST_SIZE).</param>
public readonly record struct FieldLimits(int Fields, int Size);
