namespace Roundtrip.Http.WebSocket.Deflate;

/// <summary>A Huffman code for what occurs so often (RFC 1951 section 3.2.2), with no code longer than a limit.</summary>
internal sealed class HuffmanEncoder
{
    private const int SymbolBits = 9;
    private const int SymbolMask = (1 << SymbolBits) - 1;

    private readonly int[] _order;
    private readonly int[] _weights;
    private readonly int[] _parents;

    /// <param name="symbols">How many symbols there are.</param>
    public HuffmanEncoder(int symbols)
    {
        Frequencies = new int[symbols];
        Lengths = new byte[symbols];
        Codes = new ushort[symbols];
        _order = new int[symbols];
        _weights = new int[2 * symbols];
        _parents = new int[2 * symbols];
    }

    public int[] Frequencies { get; }

    public byte[] Lengths { get; }

    /// <summary>Each symbol's code, its first bit lowest.</summary>
    public ushort[] Codes { get; }

    /// <summary>Makes the code of <see cref="Frequencies"/>. One symbol alone has a code of one bit; without any there is none.</summary>
    public void Build(int longest)
    {
        Array.Clear(Lengths);
        int used = 0;
        for (int symbol = 0; symbol < Frequencies.Length; symbol++)
        {
            if (Frequencies[symbol] > 0)
            {
                // Both in one number, so that they are sorted as numbers are: a block has no more than 16 K symbols, of which there are 288.
                _order[used++] = (Frequencies[symbol] << SymbolBits) | symbol;
            }
        }

        if (used == 1)
        {
            Lengths[_order[0] & SymbolMask] = 1;
        }
        else if (used > 1)
        {
            MeasureLengths(used, longest);
        }

        AssignCodes();
    }

    /// <summary>The code that blocks of type 1 have.</summary>
    public void UseLengths(Func<int, byte> lengthOf)
    {
        for (int symbol = 0; symbol < Lengths.Length; symbol++)
        {
            Lengths[symbol] = lengthOf(symbol);
        }

        AssignCodes();
    }

    public static int Reverse(int code, int length)
    {
        int reversed = 0;
        for (int i = 0; i < length; i++)
        {
            reversed |= ((code >> i) & 1) << (length - 1 - i);
        }

        return reversed;
    }

    // Two queues, each in order: symbols by weight, and the pairs that are made of the two lightest.
    private void MeasureLengths(int used, int longest)
    {
        Span<int> order = _order.AsSpan(0, used);
        order.Sort();
        for (int i = 0; i < used; i++)
        {
            (_weights[i], order[i]) = (order[i] >> SymbolBits, order[i] & SymbolMask);
        }

        int leaf = 0, pair = used;
        for (int next = used; next < (2 * used) - 1; next++)
        {
            int one = Lightest(ref leaf, ref pair, used, next);
            int other = Lightest(ref leaf, ref pair, used, next);
            _weights[next] = _weights[one] + _weights[other];
            _parents[one] = _parents[other] = next;
        }

        // Depths from the root down; the weights are not needed any more.
        Span<int> counts = stackalloc int[DeflateFormat.LongestCode + 1];
        counts.Clear();
        int root = (2 * used) - 2;
        _weights[root] = 0;
        for (int node = root - 1; node >= 0; node--)
        {
            _weights[node] = _weights[_parents[node]] + 1;
            if (node < used)
            {
                counts[Math.Min(_weights[node], longest)]++;
            }
        }

        Shorten(counts, longest);

        // The rarest have the longest codes.
        int at = 0;
        for (int length = longest; length > 0; length--)
        {
            for (int i = 0; i < counts[length]; i++)
            {
                Lengths[order[at++]] = (byte)length;
            }
        }
    }

    private int Lightest(ref int leaf, ref int pair, int used, int next) =>
        leaf < used && (pair >= next || _weights[leaf] <= _weights[pair]) ? leaf++ : pair++;

    // Codes that were cut to the longest allowed take more room than there is: shorter ones give way until all fit (Kraft's sum is 1).
    private static void Shorten(Span<int> counts, int longest)
    {
        int sum = 0;
        for (int length = 1; length <= longest; length++)
        {
            sum += counts[length] << (longest - length);
        }

        for (; sum > 1 << longest; sum--)
        {
            counts[longest]--;
            int length = longest - 1;
            while (counts[length] == 0)
            {
                length--;
            }

            counts[length]--;
            counts[length + 1] += 2;
        }
    }

    private void AssignCodes()
    {
        Span<int> next = stackalloc int[DeflateFormat.LongestCode + 2];
        next.Clear();
        foreach (byte length in Lengths)
        {
            next[length + 1]++;
        }

        next[1] = 0;
        for (int length = 1; length <= DeflateFormat.LongestCode; length++)
        {
            next[length + 1] = (next[length + 1] + next[length]) << 1;
        }

        for (int symbol = 0; symbol < Lengths.Length; symbol++)
        {
            if (Lengths[symbol] is > 0 and byte length)
            {
                Codes[symbol] = (ushort)Reverse(next[length]++, length);
            }
        }
    }
}
