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
        Channel first = dispatcher.TryTake(loop)!;
        Channel second = dispatcher.TryTake(loop)!;

        Assert.NotSame(first.Worker, second.Worker);
        Dispatcher.Return(second);
        Assert.Same(second, dispatcher.TryTake(loop));
    }

    [Fact]
    public void Who_waits_begins_in_order_and_the_own_loop_goes_first_where_it_is_about_as_old()
    {
        var dispatcher = new Dispatcher(10);
        int one = dispatcher.AddLoop(), other = dispatcher.AddLoop();
        dispatcher.Add(Worker(1));
        Channel channel = dispatcher.TryTake(one)!;
        Request old = new(), near = new(), late = new();
        dispatcher.TryWait(old, other, 100);
        dispatcher.TryWait(near, one, 100 + Dispatcher.AboutAsOld);
        dispatcher.TryWait(late, one, 200);
        Dispatcher.Return(channel);

        Assert.Same(near, dispatcher.Next(one)!.Value.Waiter);
        Dispatcher.Return(channel);
        Assert.Same(old, dispatcher.Next(one)!.Value.Waiter);
    }

    [Fact]
    public void Who_comes_does_not_overtake_who_waits()
    {
        var dispatcher = new Dispatcher(10);
        int loop = dispatcher.AddLoop();
        dispatcher.TryWait(new Request(), loop, 0);
        dispatcher.Add(Worker(1));

        Assert.Null(dispatcher.TryTake(loop));
    }

    private static PooledWorker Worker(int channels) => new(null!, channels);

    private sealed class Request : Waiter;

    // The model: lists of everything. The dispatcher must agree after each step.
    private sealed class Schedule
    {
        private readonly Dispatcher _dispatcher = new(MaximumWaiting);
        private readonly List<PooledWorker> _workers = [];
        private readonly List<Channel> _busy = [];
        private readonly List<(Request Request, int Loop, long Since)> _queue = [];
        private long _now = 1000;

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
                case 2 or 3 when _busy.Count > 0:
                    Channel done = _busy[which % _busy.Count];
                    int own = done.Loop!.Value;
                    _busy.Remove(done);
                    Dispatcher.Return(done);
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
                default:
                    Ask(loop);
                    break;
            }

            Check();
        }

        public void Finish()
        {
            // With a worker that is never retired everybody has his turn.
            _dispatcher.Add(Worker(100));
            TakeTurns(-1);
            Assert.Empty(_queue);
        }

        private void Ask(int loop)
        {
            int least = Least();
            Channel? channel = _dispatcher.TryTake(loop);
            if (_queue.Count > 0 || least < 0)
            {
                Assert.Null(channel);
                var request = new Request();
                Assert.Equal(_queue.Count < MaximumWaiting, _dispatcher.TryWait(request, loop, _now));
                if (_queue.Count < MaximumWaiting)
                {
                    _queue.Add((request, loop, _now));
                }
            }
            else
            {
                Assert.NotNull(channel);
                Assert.Equal(least, channel.Worker.Busy - 1);
                Assert.Equal(loop, channel.Loop);
                Took(channel);
            }
        }

        private void TakeTurns(int own)
        {
            while (_dispatcher.Next(own) is { } turn)
            {
                (Request Request, int Loop, long Since) oldest = _queue.MinBy(waiting => waiting.Since);
                (Request Request, int Loop, long Since)[] mine = [.. _queue.Where(waiting => waiting.Loop == own).Take(1)];
                Request expected = mine.Length > 0 && mine[0].Since - oldest.Since <= Dispatcher.AboutAsOld ? mine[0].Request : oldest.Request;

                // Of several that are as old any loop's first may go.
                Assert.True(turn.Waiter == expected || _queue.First(waiting => waiting.Request == turn.Waiter).Since == oldest.Since);
                _queue.RemoveAll(waiting => waiting.Request == turn.Waiter);
                Assert.Equal(turn.Waiter.Loop, turn.Channel.Loop);
                Took(turn.Channel);
            }
        }

        private int Least()
        {
            int[] busy = [.. _workers.Where(worker => worker.Busy < worker.Channels.Count).Select(worker => worker.Busy)];
            return busy.Length == 0 ? -1 : busy.Min();
        }

        private void Took(Channel channel)
        {
            Assert.DoesNotContain(channel, _busy);
            Assert.False(channel.Worker.IsRetired);
            _busy.Add(channel);
        }

        private void Check()
        {
            Assert.Equal(_queue.Count, _dispatcher.Waiting);
            Assert.Equal(_workers, _dispatcher.Workers);

            // Nobody waits while there is room.
            Assert.True(_queue.Count == 0 || Least() < 0);
            foreach (PooledWorker worker in _workers)
            {
                Assert.Equal(worker.Channels.Count(_busy.Contains), worker.Busy);
            }
        }
    }
}
