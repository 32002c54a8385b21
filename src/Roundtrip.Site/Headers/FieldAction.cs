namespace Roundtrip.Site.Headers;

/// <summary>What Header and RequestHeader do to a field, in the manual's words.</summary>
internal enum FieldAction : byte
{
    Set,
    SetIfEmpty,
    Append,
    Merge,
    Add,
    Unset,
    Edit,
    EditAll,
    Echo,
    Note,
}
