using Roundtrip.Core;

namespace Roundtrip.Http.Http2;

/// <summary>
/// What is known of a field by looking at its bytes. A table entry keeps it, so that a field that is sent as an index is not looked at again.
/// </summary>
/// <param name="Known">Which known field it is, if any.</param>
/// <param name="Pseudo">Which pseudo-field it is, if any.</param>
/// <param name="Fault">What RFC 9113 section 8.2.1 forbids in it, the name before the value; or <see cref="EndReason.None"/>.</param>
internal readonly record struct FieldTraits(KnownField Known, PseudoField Pseudo, EndReason Fault)
{
    /// <summary>The traits of a name. A value is added by <see cref="With"/>.</summary>
    public static FieldTraits Of(ReadOnlySpan<byte> name)
    {
        if (!name.IsEmpty && name[0] == (byte)':')
        {
            return new FieldTraits(KnownField.None, PseudoOf(name), EndReason.None);
        }

        EndReason fault = !FieldRules.IsToken(name) ? EndReason.InvalidFieldName
            : name.ContainsAnyInRange((byte)'A', (byte)'Z') ? EndReason.UppercaseFieldName
            : EndReason.None;
        return new FieldTraits(KnownFields.Find(name), PseudoField.None, fault);
    }

    /// <summary>The traits of a field with this name and <paramref name="value"/>, whatever value the name had before.</summary>
    public FieldTraits With(ReadOnlySpan<byte> value) =>
        Fault is EndReason.None or EndReason.InvalidFieldValue
            ? this with { Fault = IsValue(value) ? EndReason.None : EndReason.InvalidFieldValue }
            : this;

    // RFC 9113 §8.2.1: unlike in HTTP/1, white space around a value is not stripped but malformed.
    private static bool IsValue(ReadOnlySpan<byte> value) =>
        value.IsEmpty || (value[0] is not ((byte)' ' or (byte)'\t') && value[^1] is not ((byte)' ' or (byte)'\t') && FieldRules.IsValue(value));

    private static PseudoField PseudoOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual(":authority"u8) ? PseudoField.Authority
        : name.SequenceEqual(":method"u8) ? PseudoField.Method
        : name.SequenceEqual(":path"u8) ? PseudoField.Path
        : name.SequenceEqual(":scheme"u8) ? PseudoField.Scheme
        : name.SequenceEqual(":status"u8) ? PseudoField.Status
        : name.SequenceEqual(":protocol"u8) ? PseudoField.Protocol
        : PseudoField.Unknown;
}
