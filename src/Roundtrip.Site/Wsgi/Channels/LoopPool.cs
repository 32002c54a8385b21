using Roundtrip.Processes.Descriptors;
using Roundtrip.Site.Programs;
using Roundtrip.Site.Wsgi.Dispatch;
using Roundtrip.Site.Wsgi.Protocol;
using Roundtrip.Transport;

namespace Roundtrip.Site.Wsgi.Channels;

/// <summary>What one loop has of a pool: its descriptors of the channels that it has used, and what its requests share. All of it but the posts belongs to the loop's thread.</summary>
internal sealed class LoopPool(WorkerPool pool, EventLoop loop, int number) : ILoopWork
{
    private readonly Dictionary<Channel, LoopChannel> _open = [];
    private readonly List<(WsgiExchange Exchange, long Request)> _toTell = [];
    private Rush _rush;

    /// <summary>Its place among the loops of the pool.</summary>
    public int Number => number;

    public WorkerPool Pool => pool;

    public EventLoop Loop => loop;

    /// <summary>How close upon each other its requests come.</summary>
    public ref Rush Rush => ref _rush;

    /// <summary>The workers whose channels it has descriptors of. Guarded by the pool.</summary>
    public HashSet<Worker> Uses { get; } = [];

    /// <summary>What is read before it is looked at.</summary>
    public byte[] Scratch { get; } = GC.AllocateUninitializedArray<byte>(64 * 1024);

    /// <summary>A request's frame while it is made.</summary>
    public EnvironmentBuffer Frame { get; } = new(FrameHeader.Size + sizeof(uint));

    /// <summary>Requests that are over, to be used again.</summary>
    public Stack<WsgiExchange> Spare { get; } = new();

    /// <exception cref="TransportException">The loop cannot watch another descriptor.</exception>
    /// <exception cref="Roundtrip.Processes.ProcessException">There is no descriptor left.</exception>
    public LoopChannel Open(Channel channel)
    {
        if (!_open.TryGetValue(channel, out LoopChannel? open))
        {
            OwnedDescriptor descriptor = channel.Worker.Worker.Sockets[channel.Index].Duplicate();
            _open.Add(channel, open = new LoopChannel(this, channel, descriptor));
            pool.Uses(channel.Worker.Worker, this);
        }

        return open;
    }

    /// <summary>Has a request tell its worker, at the end of the batch, of the content that was read.</summary>
    public void TellLater(WsgiExchange exchange)
    {
        if (_toTell.Count == 0)
        {
            loop.RunAtEndOfBatch(this);
        }

        if (!_toTell.Contains((exchange, exchange.Number)))
        {
            _toTell.Add((exchange, exchange.Number));
        }
    }

    /// <summary>A request is done with its channel: the next one of this loop gets it.</summary>
    public void Return(Channel channel)
    {
        if (pool.Return(channel, this) is { } turn)
        {
            turn.Request.Begin(turn.Channel);
        }
    }

    void ILoopWork.Run()
    {
        foreach ((WsgiExchange exchange, long request) in _toTell)
        {
            exchange.TellBody(request);
        }

        _toTell.Clear();
    }

    /// <summary>The worker has gone, while a request of this loop had a channel of it.</summary>
    public void PostLost(Channel channel) => loop.Post(new LostChannel(this, channel));

    /// <summary>No request has a channel of the worker, and none will have.</summary>
    public void PostForget(Worker worker) => loop.Post(new GoneWorker(this, worker));

    private sealed class LostChannel(LoopPool of, Channel channel) : ILoopWork
    {
        public void Run()
        {
            if (of._open.TryGetValue(channel, out LoopChannel? open))
            {
                open.OnLost();
            }
        }
    }

    private sealed class GoneWorker(LoopPool of, Worker worker) : ILoopWork
    {
        public void Run()
        {
            foreach (Channel channel in of._open.Keys.Where(channel => channel.Worker.Worker == worker).ToArray())
            {
                of._open.Remove(channel, out LoopChannel? open);
                open!.Dispose();
            }

            of.Pool.Forgot(worker, of);
        }
    }
}
