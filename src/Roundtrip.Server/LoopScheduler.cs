using System.IO.Pipelines;
using Roundtrip.Transport;

namespace Roundtrip.Server;

/// <summary>Runs a pipe's continuations on a loop.</summary>
internal sealed class LoopScheduler(EventLoop loop) : PipeScheduler
{
    public override void Schedule(Action<object?> action, object? state) => loop.Post(new Continuation(action, state));

    private sealed class Continuation(Action<object?> action, object? state) : ILoopWork
    {
        public void Run() => action(state);
    }
}
