namespace Roundtrip.Http.StructuredFields;

/// <summary>
/// The members of a List or a Dictionary that was parsed, which foreach walks as they were sent. In a Dictionary a key that comes again replaces the value that it had and
/// keeps its place (RFC 9651 section 4.2.2): the last counts.
/// </summary>
public readonly ref struct Members
{
    private readonly ReadOnlySpan<byte> _parsed;
    private readonly bool _haveKeys;

    internal Members(ReadOnlySpan<byte> parsed, bool haveKeys)
    {
        _parsed = parsed;
        _haveKeys = haveKeys;
    }

    public bool IsEmpty => _parsed.IsEmpty;

    /// <summary>A Dictionary's member of a key.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out Member value)
    {
        bool isFound = false;
        value = default;
        foreach (Member member in this)
        {
            if (member.Key.SequenceEqual(key))
            {
                value = member;
                isFound = true;
            }
        }

        return isFound;
    }

    public Enumerator GetEnumerator() => new(_parsed, _haveKeys);

    public ref struct Enumerator
    {
        private readonly bool _haveKeys;
        private Scanner _scanner;

        internal Enumerator(ReadOnlySpan<byte> parsed, bool haveKeys)
        {
            _scanner = new Scanner(parsed);
            _haveKeys = haveKeys;
            Current = default;
        }

        public Member Current { get; private set; }

        public bool MoveNext()
        {
            if (_scanner.IsAtEnd || !(_haveKeys ? _scanner.TryDictionaryMember(out Member member) : _scanner.TryMember(default, out member)))
            {
                return false;
            }

            Current = member;
            return _scanner.TryEndMember();
        }
    }
}
