namespace Roundtrip.Http.StructuredFields;

/// <summary>Items in parentheses, with parameters of the whole (RFC 9651 section 3.1.1); foreach walks the items. It borrows the field's bytes.</summary>
public readonly ref struct InnerList
{
    private readonly ReadOnlySpan<byte> _items;

    internal InnerList(ReadOnlySpan<byte> items, Parameters parameters)
    {
        _items = items;
        Parameters = parameters;
    }

    public Parameters Parameters { get; }

    public Enumerator GetEnumerator() => new(_items);

    public ref struct Enumerator
    {
        private Scanner _scanner;

        internal Enumerator(ReadOnlySpan<byte> items)
        {
            _scanner = new Scanner(items);
            Current = default;
        }

        public Item Current { get; private set; }

        public bool MoveNext()
        {
            if (_scanner.IsAtEnd || !_scanner.TryItem(out Item item))
            {
                return false;
            }

            _scanner.SkipSpaces();
            Current = item;
            return true;
        }
    }
}
