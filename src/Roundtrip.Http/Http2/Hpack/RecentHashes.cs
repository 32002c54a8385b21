using System.Runtime.CompilerServices;

namespace Roundtrip.Http.Http2.Hpack;

/// <summary>The hashes of the last few fields that an encoder saw for the first time. A wrong hit costs only a place in its table.</summary>
internal struct RecentHashes
{
    private Ring _ring;
    private byte _next;

    public readonly bool Contains(uint hash) => ((ReadOnlySpan<uint>)_ring).Contains(hash);

    public void Add(uint hash)
    {
        _ring[_next] = hash;
        _next = (byte)((_next + 1) % Ring.Length);
    }

    [InlineArray(Length)]
    private struct Ring
    {
        public const int Length = 16;

        private uint _first;
    }
}
