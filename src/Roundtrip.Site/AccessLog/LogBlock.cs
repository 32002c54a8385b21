namespace Roundtrip.Site.AccessLog;

/// <summary>Lines of one loop, in order, on their way to the writer.</summary>
internal sealed class LogBlock
{
    public const int Size = 64 * 1024;

    // About as many of the shortest lines as fill the block.
    private const int MaximumLines = 1024;

    private readonly byte[] _bytes = new byte[Size];
    private readonly int[] _ends = new int[MaximumLines];
    private readonly long[] _stamps = new long[MaximumLines];

    public int Lines { get; private set; }

    /// <summary>The line that the writer comes to next.</summary>
    public int Next { get; set; }

    /// <summary>Where the next line goes; empty when no more lines can be counted.</summary>
    public Span<byte> Room => Lines == MaximumLines ? default : _bytes.AsSpan(Used);

    private int Used => Lines == 0 ? 0 : _ends[Lines - 1];

    public long StampOf(int line) => _stamps[line];

    /// <summary>Lines <paramref name="first"/> to <paramref name="end"/>, without the latter.</summary>
    public ReadOnlySpan<byte> Between(int first, int end)
    {
        int start = first == 0 ? 0 : _ends[first - 1];
        return _bytes.AsSpan(start, _ends[end - 1] - start);
    }

    /// <summary>Says that a line of so many bytes was put into <see cref="Room"/>.</summary>
    /// <param name="stamp">When the exchange ended, on the clock of all loops.</param>
    public void Add(int length, long stamp)
    {
        _ends[Lines] = Used + length;
        _stamps[Lines++] = stamp;
    }

    public void Clear() => Lines = Next = 0;
}
