namespace Roundtrip.Http.StructuredFields;

/// <summary>A member of a List or a Dictionary: an item or an inner list (RFC 9651 sections 3.1 and 3.2). It borrows the field's bytes.</summary>
public readonly ref struct Member
{
    private Member(ReadOnlySpan<byte> key, bool isInnerList, Item item, InnerList innerList)
    {
        Key = key;
        IsInnerList = isInnerList;
        Item = item;
        InnerList = innerList;
    }

    /// <summary>The key of a Dictionary's member; empty in a List.</summary>
    public ReadOnlySpan<byte> Key { get; }

    public bool IsInnerList { get; }

    /// <summary>The item; one of kind <see cref="ItemKind.None"/> where the member is an inner list.</summary>
    public Item Item { get; }

    /// <summary>The inner list; empty where the member is an item.</summary>
    public InnerList InnerList { get; }

    internal static Member OfItem(ReadOnlySpan<byte> key, Item item) => new(key, isInnerList: false, item, default);

    internal static Member OfInnerList(ReadOnlySpan<byte> key, InnerList list) => new(key, isInnerList: true, default, list);
}
