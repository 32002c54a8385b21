using System.Collections.Concurrent;
using Roundtrip.Core;
using Roundtrip.Transport;

namespace Roundtrip.Site.Tests.Support;

/// <summary>A loop whose clocks stand where a test puts them, and whose posted work runs when the test says so.</summary>
internal sealed class FakeLoop() : EventLoop(0)
{
    private readonly BlockingCollection<ILoopWork> _posted = [];
    private long _now;

    public override long Now => _now;

    /// <summary>The wall clock when the loop's is 0. An hour ahead of the files that a test has just written: they are at rest.</summary>
    public long Epoch { get; set; } = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds();

    public override long UnixMilliseconds => Epoch + _now;

    public override void Post(ILoopWork work) => _posted.Add(work);

    public override ITransportListener Listen(PeerAddress address, Action<TransportConnection> accepted) => throw new NotSupportedException();

    /// <summary>Moves the loop's clock.</summary>
    public void Advance(long milliseconds)
    {
        _now += milliseconds;
        FireTimers();
    }

    /// <summary>Runs posted work, waiting for it, until the condition holds.</summary>
    public void RunUntil(Func<bool> condition)
    {
        while (!condition())
        {
            Assert.True(_posted.TryTake(out ILoopWork? work, TimeSpan.FromSeconds(20)), "nothing was posted");
            work!.Run();
        }
    }
}
