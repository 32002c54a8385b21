using CsCheck;
using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Http2.Priority;

namespace Roundtrip.Http.Tests.Http2.Priority;

/// <summary>RFC 7540 section 5.3. Trees are written as <c>stream:weight(what depends on it)</c>.</summary>
public class DependencyTreeTests : SchedulerContractTests
{
    private readonly DependencyTree _tree = new();

    protected override IStreamScheduler Make() => new DependencyTree();

    [Fact]
    public void A_stream_depends_on_the_root_with_weight_16_until_something_is_said()
    {
        Open(1);

        AssertTree("1:16");
    }

    [Fact]
    public void A_dependency_that_is_not_exclusive_makes_a_sibling()
    {
        Open(1, 3, 5);
        Depend(3, 1, 10);
        Depend(5, 1, 20);

        AssertTree("1:16(3:10 5:20)");
    }

    [Fact]
    public void An_exclusive_dependency_takes_the_place_between_a_stream_and_those_below_it()
    {
        Open(1, 3, 5, 7);
        Depend(3, 1);
        Depend(5, 1);
        Depend(7, 1, 30, isExclusive: true);

        AssertTree("1:16(7:30(3:16 5:16))");
    }

    [Fact]
    public void The_exclusive_child_of_the_root_has_all_others_below_it()
    {
        Open(1, 3);
        Depend(3, 0, 256, isExclusive: true);

        AssertTree("3:256(1:16)");
    }

    // RFC 7540 §5.3.3 has this tree as its figure 5: A=1, B=3, C=5, D=7, E=9, F=11.
    [Theory]
    [InlineData(false, "7:16(1:16(3:16 5:16(9:16)) 11:16)")]
    [InlineData(true, "7:16(1:16(3:16 5:16(9:16) 11:16))")]
    public void A_stream_moved_below_its_own_descendant_lets_that_take_its_place_first(bool isExclusive, string expected)
    {
        Open(1, 3, 5, 7, 9, 11);
        Depend(3, 1);
        Depend(5, 1);
        Depend(7, 5);
        Depend(9, 5);
        Depend(11, 7);

        Depend(1, 7, isExclusive: isExclusive);

        AssertTree(expected);
    }

    [Fact]
    public void A_stream_that_depends_on_itself_is_PROTOCOL_ERROR_of_the_stream_and_changes_nothing()
    {
        Open(1);
        Depend(1, 0, 99);

        ProtocolError error = _tree.Reprioritize(1, new PriorityFields(1, IsExclusive: true, 5));

        Assert.Equal(new ProtocolError(EndReason.StreamDependsOnItself, (int)ErrorCode.ProtocolError, ErrorScope.Exchange, ErrorOrigin.Peer), error);
        AssertTree("1:99");
    }

    [Fact]
    public void Idle_streams_hold_places_and_keep_them_when_they_open()
    {
        Depend(3, 0, 201);
        Depend(5, 0, 101);
        Depend(7, 3);
        Open(7);

        AssertTree("3:201(7:16) 5:101");
    }

    [Fact]
    public void An_idle_stream_that_is_depended_on_has_the_default_priority()
    {
        Open(1);
        Depend(1, 9, 50);

        AssertTree("9:16(1:50)");
    }

    [Fact]
    public void A_closed_stream_keeps_its_place_and_can_be_moved()
    {
        ScheduledStream first = Open(1)[0];
        Open(3, 5);
        Depend(3, 1, 10);
        Depend(5, 0, 20);
        _tree.Close(first);
        AssertTree("1:16(3:10) 5:20");

        Depend(1, 5, 30);

        AssertTree("5:20(1:30(3:10))");
    }

    [Fact]
    public void Those_below_a_forgotten_stream_depend_on_its_parent_and_share_its_weight()
    {
        ScheduledStream first = Open(1)[0];
        Open(3, 5, 7);
        Depend(1, 0, 100);
        Depend(3, 1, 10);
        Depend(5, 1, 30);
        Depend(7, 5, 8);
        _tree.Close(first);
        OpenAndCloseMany(9, DependencyTree.MaximumClosed);

        string[] left = [.. TreeModel.Render(_tree.Root).Split(' ').Take(2)];
        Assert.Equal(["3:25", "5:75(7:8)"], left);

        // Depending on what was forgotten is the default priority; speaking of it changes nothing.
        Depend(3, 1, 200);
        Depend(1, 0, 200);
        Assert.StartsWith("3:16 5:75(7:8) ", TreeModel.Render(_tree.Root), StringComparison.Ordinal);
    }

    [Fact]
    public void A_parent_goes_before_those_that_depend_on_it_and_hands_its_share_to_them_while_it_has_nothing()
    {
        ScheduledStream[] streams = Open(1, 3, 5);
        Depend(3, 1);
        Depend(1, 0, 16);
        Depend(5, 0, 16);
        Ready(streams);
        Assert.Equal((4, 0, 4), Send(8));

        _tree.SetReady(streams[0], ready: false);

        Assert.Equal((0, 4, 4), Send(8));
    }

    [Fact]
    public void Weights_are_shares_within_a_frame() =>
        Gen.Select(Gen.Int[1, 256].Array[2, 8], Gen.Int[1, 16_384].Array[300]).Sample((weights, sizes) =>
        {
            var tree = new DependencyTree();
            for (int i = 0; i < weights.Length; i++)
            {
                ScheduledStream stream = tree.Open((2 * i) + 1, null, null);
                tree.Reprioritize(stream.StreamId, new PriorityFields(0, IsExclusive: false, weights[i]));
                tree.SetReady(stream, ready: true);
            }

            double[] normalized = new double[weights.Length];
            foreach (int size in sizes)
            {
                ScheduledStream stream = tree.Next()!;
                tree.Sent(stream, size);
                normalized[stream.StreamId / 2] += (double)size / weights[stream.StreamId / 2];
            }

            for (int i = 0; i < weights.Length; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    // The bound of start-time fair queueing, and what is lost by whole units of time: one a frame.
                    double bound = (16_384.0 / weights[i]) + (16_384.0 / weights[j]) + (sizes.Length / 256.0);
                    Assert.InRange(Math.Abs(normalized[i] - normalized[j]), 0, bound);
                }
            }
        }, iter: 300);

    [Fact]
    public void Who_was_away_does_not_catch_up()
    {
        ScheduledStream[] streams = Open(1, 3, 5);
        Ready(streams);
        _tree.SetReady(streams[2], ready: false);
        Send(100);

        _tree.SetReady(streams[2], ready: true);

        (int first, int second, int third) = Send(30);
        Assert.Equal(30, first + second + third);
        Assert.InRange(third, 9, 12);
    }

    [Fact]
    public void Who_is_moved_begins_where_its_new_siblings_are()
    {
        ScheduledStream[] streams = Open(1, 3, 5);
        Depend(5, 1, 1);
        _tree.SetReady(streams[2], ready: true);
        Send(100);
        Ready(streams);

        Depend(5, 0, 16);

        (int first, int second, int third) = Send(30);
        Assert.Equal(30, first + second + third);
        Assert.InRange(third, 9, 12);
    }

    [Fact]
    public void Another_weight_does_not_give_back_what_was_had()
    {
        Ready(Open(1, 3, 5));
        (int, int, int) sent = (0, 0, 0);
        for (int i = 0; i < 30; i++)
        {
            (int first, int second, int third) = Send(1);
            sent = (sent.Item1 + first, sent.Item2 + second, sent.Item3 + third);
            Depend(1, 0, 16);
        }

        Assert.Equal((10, 10, 10), sent);
    }

    [Fact]
    public void The_tree_is_the_slow_models() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 7], Gen.Int[0, 8], Gen.Int[1, 256], Gen.Bool).Array[1, 80].Sample(operations =>
        {
            var tree = new DependencyTree();
            var model = new TreeModel();
            var open = new Dictionary<int, ScheduledStream>();
            int last = 0;
            foreach ((int kind, int number, int other, int weight, bool flag) in operations)
            {
                int streamId = (2 * number) + 1;
                if (kind <= 1)
                {
                    var fields = new PriorityFields(Math.Max(0, (2 * other) - 1), flag, weight);
                    tree.Reprioritize(streamId, fields);
                    model.Reprioritize(streamId, fields);
                }
                else if (kind == 2 && streamId > last)
                {
                    last = streamId;
                    open.Add(streamId, tree.Open(streamId, null, null));
                    model.Open(streamId);
                }
                else if (open.TryGetValue(streamId, out ScheduledStream? stream))
                {
                    if (kind == 3)
                    {
                        tree.SetReady(stream, flag);
                    }
                    else
                    {
                        tree.Close(stream);
                        open.Remove(streamId);
                    }
                }

                Assert.Equal(model.ToString(), TreeModel.Render(tree.Root));
                int[] ready = [.. open.Values.Where(each => each.IsReady).Select(each => each.StreamId)];
                int[] lawful = [.. ready.Where(id => !model.Ancestors(id).Intersect(ready).Any())];
                ScheduledStream? next = tree.Next();
                Assert.True(next is null ? lawful.Length == 0 : lawful.Contains(next.StreamId));
                if (next is not null)
                {
                    tree.Sent(next, weight * 10);
                }
            }
        }, iter: 5000);

    [Fact]
    public void A_flood_of_PRIORITY_costs_no_more_than_the_placeholders_that_are_kept()
    {
        Open(1);
        Depend(3, 0, 201);
        var random = new Random(7);
        for (int i = 0; i < 100_000; i++)
        {
            int streamId = random.Next(2, int.MaxValue / 2) * 2;
            Depend(streamId + 1, random.Next(3) == 0 ? streamId + 3 : 1, random.Next(1, 257), isExclusive: i % 5 == 0);
            Depend(3, 0, 201);
        }

        int count = Count(_tree.Root) - 1;
        Assert.Equal(1 + DependencyTree.MaximumPlaceholders, count);

        // What is still spoken of is not forgotten.
        Assert.Contains("3:201", TreeModel.Render(_tree.Root), StringComparison.Ordinal);
    }

    [Fact]
    public void Closed_streams_are_kept_up_to_a_limit()
    {
        OpenAndCloseMany(1, 1000);

        Assert.Equal(DependencyTree.MaximumClosed, Count(_tree.Root) - 1);
    }

    private static int Count(TreeNode node)
    {
        int count = 1;
        for (TreeNode? child = node.FirstChild; child is not null; child = child.NextSibling)
        {
            count += Count(child);
        }

        return count;
    }

    private void AssertTree(string expected) => Assert.Equal(expected, TreeModel.Render(_tree.Root));

    private ScheduledStream[] Open(params int[] streamIds) => [.. streamIds.Select(id => _tree.Open(id, null, null))];

    private void OpenAndCloseMany(int firstId, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _tree.Close(Open(firstId + (2 * i))[0]);
        }
    }

    private void Depend(int streamId, int dependency, int weight = 16, bool isExclusive = false) =>
        Assert.Equal(default, _tree.Reprioritize(streamId, new PriorityFields(dependency, isExclusive, weight)));

    private void Ready(ScheduledStream[] streams)
    {
        foreach (ScheduledStream stream in streams)
        {
            _tree.SetReady(stream, ready: true);
        }
    }

    // How many frames of one size streams 1, 3 and 5 had.
    private (int First, int Second, int Third) Send(int frames)
    {
        int[] sent = new int[3];
        for (int i = 0; i < frames; i++)
        {
            ScheduledStream stream = _tree.Next()!;
            _tree.Sent(stream, 1000);
            sent[stream.StreamId / 2]++;
        }

        return (sent[0], sent[1], sent[2]);
    }
}
