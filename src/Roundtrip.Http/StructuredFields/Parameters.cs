namespace Roundtrip.Http.StructuredFields;

/// <summary>
/// The parameters of an item or of an inner list (RFC 9651 section 3.1.2), which foreach walks as they were sent. A key that comes again there replaces the value that it
/// had and keeps its place (section 4.2.3.2): the last counts.
/// </summary>
public readonly ref struct Parameters
{
    private readonly ReadOnlySpan<byte> _parsed;

    internal Parameters(ReadOnlySpan<byte> parsed) => _parsed = parsed;

    public bool IsEmpty => _parsed.IsEmpty;

    /// <summary>The value of a key.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out BareItem value)
    {
        bool isFound = false;
        value = default;
        foreach (Parameter parameter in this)
        {
            if (parameter.Key.SequenceEqual(key))
            {
                value = parameter.Value;
                isFound = true;
            }
        }

        return isFound;
    }

    public Enumerator GetEnumerator() => new(_parsed);

    public ref struct Enumerator
    {
        private Scanner _scanner;

        internal Enumerator(ReadOnlySpan<byte> parsed)
        {
            _scanner = new Scanner(parsed);
            Current = default;
        }

        public Parameter Current { get; private set; }

        public bool MoveNext()
        {
            if (_scanner.IsAtEnd || !_scanner.TryParameter(out Parameter parameter))
            {
                return false;
            }

            Current = parameter;
            return true;
        }
    }
}
