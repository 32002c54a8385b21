using CsCheck;
using Roundtrip.Site.Wsgi.Dispatch;

namespace Roundtrip.Site.Tests.Wsgi;

/// <summary>Who gets which channel, held against a model that looks at everything each time.</summary>
public sealed class DispatcherTests
{
    private const int Loops = 3;
    private const int MaximumWaiting = 6;

    private static readonly Gen<(int Kind, int Which, int Loop)[]> Schedules = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1000], Gen.Int[0, Loops - 1]).Array[0, 80];

    [Fact]
    public void Random_schedules_end_as_the_model_says() => Schedules.Sample(
        schedule =>
        {
            var run = new Schedule();
            foreach ((int kind, int which, int loop) in schedule)
            {
                run.Step(kind, which, loop);
            }

            run.Finish();
        },
        iter: 3000);

    [Fact]
    public void The_least_busy_worker_is_chosen_and_its_channel_that_was_used_last()
    {
        var dispatcher = new Dispatcher(10);
        int loop = dispatcher.AddLoop();
        PooledWorker one = Worker(2), other = Worker(2);
        dispatcher.Add(one);
        dispatcher.Add(other);
        Channel first = dispatcher.TryTake(new Request(), loop, 0)!;
        Channel second = dispatcher.TryTake(new Request(), loop, 0)!;

        Assert.NotSame(first.Worker, second.Worker);
        Dispatcher.Return(second, 0);
        Assert.Same(second, dispatcher.TryTake(new Request(), loop, 0));
    }

    [Fact]
    public void Who_waits_begins_in_order_and_the_own_loop_goes_first_where_it_is_about_as_old()
    {
        var dispatcher = new Dispatcher(10);
        int one = dispatcher.AddLoop(), other = dispatcher.AddLoop();
        dispatcher.Add(Worker(1));
        Channel channel = dispatcher.TryTake(new Request(), one, 0)!;
        Request old = new(), near = new(), late = new();
        dispatcher.TryWait(old, other, 100);
        dispatcher.TryWait(near, one, 100 + Dispatcher.AboutAsOld);
        dispatcher.TryWait(late, one, 200);
        Dispatcher.Return(channel, 200);

        Assert.Same(near, dispatcher.Next(one, 200)!.Value.Waiter);
        Dispatcher.Return(channel, 200);
        Assert.Same(old, dispatcher.Next(one, 200)!.Value.Waiter);
    }

    [Fact]
    public void One_of_many_joins_a_channel_of_its_loop_that_gets_on_as_far_as_there_is_room()
    {
        var dispatcher = new Dispatcher(10);
        int one = dispatcher.AddLoop(), other = dispatcher.AddLoop();
        dispatcher.Add(Worker(3));
        Channel channel = dispatcher.TryTake(Joins(), one, 100)!;
        for (int i = 1; i < Dispatcher.MaximumInHand; i++)
        {
            Assert.Same(channel, dispatcher.TryTake(Joins(), one, 100 + Dispatcher.Patience));
        }

        // It is full: who may join waits for it, and takes no other thread.
        Assert.Null(dispatcher.TryTake(Joins(), one, 100));

        // Another loop's, one that is not one of many, and one that comes late have a channel of their own.
        Assert.NotSame(channel, dispatcher.TryTake(Joins(), other, 100));
        Assert.NotSame(channel, dispatcher.TryTake(new Request(), one, 100));
        Assert.Equal(Dispatcher.MaximumInHand, channel.InHand);
    }

    [Fact]
    public void A_channel_that_does_not_get_on_is_joined_by_nobody()
    {
        var dispatcher = new Dispatcher(10);
        int loop = dispatcher.AddLoop();
        dispatcher.Add(Worker(2));
        Channel channel = dispatcher.TryTake(Joins(), loop, 100)!;

        Assert.NotSame(channel, dispatcher.TryTake(Joins(), loop, 100 + Dispatcher.Patience + 1));
    }

    [Fact]
    public void A_channel_whose_request_lasts_is_joined_by_nobody_until_it_is_done_and_others_are()
    {
        var dispatcher = new Dispatcher(10);
        int loop = dispatcher.AddLoop();
        dispatcher.Add(Worker(2));
        Channel lasts = dispatcher.TryTake(Joins(), loop, 100)!;
        dispatcher.TakeBack(lasts, isStuck: false, 0, 100);

        Channel other = dispatcher.TryTake(Joins(), loop, 100)!;
        Assert.NotSame(lasts, other);
        Assert.Same(other, dispatcher.TryTake(Joins(), loop, 100));
        Dispatcher.Return(other, 100);
        Dispatcher.Return(other, 100);
        Dispatcher.Return(lasts, 100);
        Assert.Same(lasts, dispatcher.TryTake(Joins(), loop, 100));
        Assert.Same(lasts, dispatcher.TryTake(Joins(), loop, 100));
    }

    [Fact]
    public void After_requests_were_taken_back_nobody_joins_for_a_while_longer_each_time_up_to_a_limit()
    {
        var dispatcher = new Dispatcher(10);
        int loop = dispatcher.AddLoop();
        dispatcher.Add(Worker(1));
        long now = 1000;
        for (int caution = Dispatcher.ShortestCaution; caution < 4 * Dispatcher.LongestCaution; caution *= 2)
        {
            Channel channel = dispatcher.TryTake(Joins(), loop, now)!;
            Assert.NotNull(dispatcher.TryTake(Joins(), loop, now));
            dispatcher.TakeBack(channel, isStuck: true, 1, now);
            now += Math.Min(caution, Dispatcher.LongestCaution);

            Assert.Null(dispatcher.TryTake(Joins(), loop, now - 1));
            Dispatcher.Return(channel, now);
        }

        // Once joining has gone well for as long, one more time is like the first.
        now += 2 * Dispatcher.LongestCaution;
        Channel again = dispatcher.TryTake(Joins(), loop, now)!;
        dispatcher.TryTake(Joins(), loop, now);
        dispatcher.TakeBack(again, isStuck: true, 1, now);
        Dispatcher.Return(again, now + Dispatcher.ShortestCaution);
        dispatcher.TryTake(Joins(), loop, now + Dispatcher.ShortestCaution);
        Assert.Same(again, dispatcher.TryTake(Joins(), loop, now + Dispatcher.ShortestCaution));
    }

    [Fact]
    public void A_channel_that_is_free_because_its_requests_were_taken_back_is_used_last()
    {
        var dispatcher = new Dispatcher(10);
        int loop = dispatcher.AddLoop();
        dispatcher.Add(Worker(2));
        Channel channel = dispatcher.TryTake(new Request(), loop, 0)!;
        dispatcher.TakeBack(channel, isStuck: true, 1, 0);

        Assert.NotSame(channel, dispatcher.TryTake(new Request(), loop, 0));
        Assert.Same(channel, dispatcher.TryTake(new Request(), loop, 0));
    }

    [Fact]
    public void Where_another_loop_waits_for_its_own_channel_the_next_of_this_one_begins()
    {
        var dispatcher = new Dispatcher(10);
        int one = dispatcher.AddLoop(), other = dispatcher.AddLoop();
        dispatcher.Add(Worker(2));
        Channel mine = dispatcher.TryTake(Joins(), one, 100)!;
        for (int i = 0; i < Dispatcher.MaximumInHand; i++)
        {
            dispatcher.TryTake(Joins(), other, 100);
        }

        Waiter theirs = Joins(), next = Joins();
        dispatcher.TryWait(theirs, other, 50);
        dispatcher.TryWait(next, one, 100);
        Dispatcher.Return(mine, 100);

        Assert.Same(next, dispatcher.Next(one, 100)!.Value.Waiter);
        Assert.Null(dispatcher.Next(one, 100));
    }

    [Fact]
    public void Who_comes_does_not_overtake_who_waits()
    {
        var dispatcher = new Dispatcher(10);
        int loop = dispatcher.AddLoop();
        dispatcher.TryWait(new Request(), loop, 0);
        dispatcher.Add(Worker(1));

        Assert.Null(dispatcher.TryTake(new Request(), loop, 0));
    }

    private static PooledWorker Worker(int channels) => new(null!, channels);

    private static Request Joins() => new() { MayJoin = true };

    private sealed class Request : Waiter;

    // The model: lists of everything. The dispatcher must agree after each step.
    private sealed class Schedule
    {
        private readonly Dispatcher _dispatcher = new(MaximumWaiting);
        private readonly List<PooledWorker> _workers = [];
        private readonly List<(Channel Channel, Request Request)> _inHand = [];
        private readonly List<(Request Request, int Loop, long Since)> _queue = [];
        private long _now = 1000;
        private long _cautiousUntil;
        private int _caution = Dispatcher.ShortestCaution;
        private bool _hasKeptWaiting;

        public Schedule()
        {
            for (int i = 0; i < Loops; i++)
            {
                _dispatcher.AddLoop();
            }
        }

        public void Step(int kind, int which, int loop)
        {
            _now += which % 4;
            switch (kind)
            {
                case 0 when _workers.Count < 4:
                    PooledWorker worker = Worker(1 + (which % 3));
                    _workers.Add(worker);
                    _dispatcher.Add(worker);
                    TakeTurns(-1);
                    break;
                case 1 when _workers.Count > 0:
                    PooledWorker gone = _workers[which % _workers.Count];
                    _workers.Remove(gone);
                    _dispatcher.Retire(gone);
                    break;
                case 2 or 3 when _inHand.Count > 0:
                    // The first of a channel is done first.
                    Channel done = _inHand[which % _inHand.Count].Channel;
                    int own = done.Loop!.Value;
                    _inHand.RemoveAt(_inHand.FindIndex(one => one.Channel == done));
                    Dispatcher.Return(done, _now);
                    TakeTurns(own);
                    break;
                case 4 when _queue.Count > 0:
                    Request left = _queue[which % _queue.Count].Request;
                    _queue.RemoveAll(waiting => waiting.Request == left);
                    Assert.True(_dispatcher.Withdraw(left));
                    Assert.False(_dispatcher.Withdraw(left));
                    break;
                case 5 when which % 7 == 0:
                    Assert.Equal(_queue.Count, _dispatcher.TakeAll().Count);
                    _queue.Clear();
                    break;
                case 6 when _inHand.Count > 0:
                    TakeBack(_inHand[which % _inHand.Count].Channel);
                    break;
                default:
                    Ask(loop, mayJoin: which % 2 == 0);
                    break;
            }

            Check();
        }

        public void Finish()
        {
            // With a worker that is never retired everybody has his turn.
            _now = Math.Max(_now, _cautiousUntil) + Dispatcher.Patience + 1;
            _dispatcher.Add(Worker(100));
            TakeTurns(-1);
            for (int loop = 0; loop < Loops; loop++)
            {
                while (_inHand.FindIndex(one => one.Channel.Loop == loop) is var first and >= 0)
                {
                    Channel done = _inHand[first].Channel;
                    _inHand.RemoveAt(first);
                    Dispatcher.Return(done, _now);
                    TakeTurns(loop);
                }
            }

            Assert.Empty(_queue);
        }

        private void Ask(int loop, bool mayJoin)
        {
            var request = new Request { MayJoin = mayJoin };
            (int least, Channel? line) = Place(loop, mayJoin);
            Channel? channel = _dispatcher.TryTake(request, loop, _now);
            if (_queue.Count > 0 || least < 0)
            {
                Assert.Null(channel);
                Assert.Equal(_queue.Count < MaximumWaiting, _dispatcher.TryWait(request, loop, _now));
                if (_queue.Count < MaximumWaiting)
                {
                    _queue.Add((request, loop, _now));
                    _hasKeptWaiting |= least >= 0 || mayJoin;
                }
            }
            else
            {
                Assert.NotNull(channel);
                Assert.Equal(least, channel.Worker.InHand - 1);
                Assert.True(line is null || line == channel || line.Worker != channel.Worker);
                Assert.Equal(loop, channel.Loop);
                Took(channel, request);
            }
        }

        // All but the first of a channel, in the order in which they came.
        private void TakeBack(Channel channel)
        {
            Request[] back = [.. _inHand.Where(one => one.Channel == channel).Skip(1).Select(one => one.Request)];
            if (back.Length == 0)
            {
                return;
            }

            int loop = channel.Loop!.Value;
            long oldest = _queue.Count == 0 ? _now : _queue.Min(waiting => waiting.Since);
            _inHand.RemoveAll(one => back.Contains(one.Request));
            _dispatcher.TakeBack(channel, isStuck: true, back.Length, _now);
            _caution = _now - _cautiousUntil <= _caution ? Math.Min(2 * _caution, Dispatcher.LongestCaution) : Dispatcher.ShortestCaution;
            _cautiousUntil = _now + _caution;
            foreach (Request request in back.Reverse())
            {
                request.MayJoin = false;
                Assert.True(_dispatcher.TryWait(request, loop, _now, isFirst: true));
                _queue.Insert(0, (request, loop, oldest));
            }

            TakeTurns(-1);
        }

        private void TakeTurns(int own)
        {
            while (_dispatcher.Next(own, _now) is { } turn)
            {
                (Request Request, int Loop, long Since) oldest = _queue.MinBy(waiting => waiting.Since);
                (Request Request, int Loop, long Since)[] mine = [.. _queue.Where(waiting => waiting.Loop == own).Take(1)];
                Request expected = mine.Length > 0 && mine[0].Since - oldest.Since <= Dispatcher.AboutAsOld ? mine[0].Request : oldest.Request;
                (Request Request, int Loop, long Since) chosen = _queue.First(waiting => waiting.Request == turn.Waiter);

                // Of several that are as old any loop's first may go; the own loop's also where the oldest has no place.
                Assert.True(chosen.Request == expected || chosen.Since == oldest.Since || (mine.Length > 0 && chosen == mine[0]));
                _queue.Remove(chosen);
                Assert.Equal(turn.Waiter.Loop, turn.Channel.Loop);
                Took(turn.Channel, chosen.Request);
            }
        }

        private (int Least, Channel? Line) Place(int loop, bool mayJoin)
        {
            (int Least, Channel? Line) best = (-1, null);
            foreach (PooledWorker worker in _workers)
            {
                Channel? line = mayJoin && _now >= _cautiousUntil ? worker.Channels.FirstOrDefault(channel => channel.Loop == loop && channel.Since >= _now - Dispatcher.Patience) : null;
                int inHand = _inHand.Count(one => one.Channel.Worker == worker);
                bool hasPlace = line is not null ? _inHand.Count(one => one.Channel == line) < Dispatcher.MaximumInHand : worker.Channels.Any(channel => !IsBusy(channel));
                if (hasPlace && (best.Least < 0 || inHand < best.Least))
                {
                    best = (inHand, line);
                }
            }

            return best;
        }

        private bool IsBusy(Channel channel) => _inHand.Exists(one => one.Channel == channel);

        private void Took(Channel channel, Request request)
        {
            Assert.False(channel.Worker.IsRetired);
            Assert.True(!IsBusy(channel) || request.MayJoin);
            _inHand.Add((channel, request));
        }

        private void Check()
        {
            Assert.Equal(_queue.Count, _dispatcher.Waiting);
            Assert.Equal(_workers, _dispatcher.Workers);

            // Nobody waits while there is room, but for who waits for his loop's channel, and who is behind him.
            Assert.True(_queue.Count == 0 || _hasKeptWaiting || Place(_queue[0].Loop, false).Least < 0);
            foreach (PooledWorker worker in _workers)
            {
                Assert.Equal(worker.Channels.Count(IsBusy), worker.Busy);
                Assert.Equal(_inHand.Count(one => one.Channel.Worker == worker), worker.InHand);
                Assert.All(worker.Channels, channel => Assert.Equal(_inHand.Count(one => one.Channel == channel), channel.InHand));
                Assert.All(worker.Channels, channel => Assert.Equal(IsBusy(channel), channel.Loop is not null));
            }
        }
    }
}
