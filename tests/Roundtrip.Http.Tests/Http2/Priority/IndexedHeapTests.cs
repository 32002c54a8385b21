using CsCheck;
using Roundtrip.Http.Http2.Priority;

namespace Roundtrip.Http.Tests.Http2.Priority;

public class IndexedHeapTests
{
    [Fact]
    public void Whoever_comes_leaves_or_moves_back_the_first_goes_before_all_others() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 1000], Gen.Int[0, 1000]).Array[1, 300].Sample(operations =>
        {
            var heap = default(IndexedHeap<Entry>);
            var model = new List<Entry>();
            foreach ((int kind, int key, int pick) in operations)
            {
                if (kind <= 2)
                {
                    var entry = new Entry { Key = key };
                    heap.Add(entry);
                    model.Add(entry);
                }
                else if (model.Count > 0 && kind == 3)
                {
                    heap.Remove(model[pick % model.Count]);
                    model.RemoveAt(pick % model.Count);
                }
                else if (model.Count > 0)
                {
                    Entry entry = model[pick % model.Count];
                    entry.Key += key;
                    heap.MoveBack(entry);
                }
            }

            // Emptied from the front, it gives all of them in their order.
            foreach (int expected in model.Select(entry => entry.Key).Order())
            {
                Assert.Equal(expected, heap.First.Key);
                heap.Remove(heap.First);
            }

            Assert.Equal(0, heap.Count);
        }, iter: 3000);

    private sealed class Entry : IHeapEntry<Entry>
    {
        public int Key { get; set; }

        public int HeapIndex { get; set; }

        public bool GoesBefore(Entry other) => Key < other.Key;
    }
}
