using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Transport;

namespace Roundtrip.Site.Serving;

/// <summary>Pages that are made for one request each, on the thread pool: lists, and what is compressed for them. A bounded number at a time; others wait.</summary>
internal sealed class PageQueue(EventLoop loop) : IExchangeHandler
{
    /// <summary>How many pages of this loop may be on the thread pool at a time.</summary>
    public const int MaximumRunning = 16;

    private readonly Queue<Work> _next = new();
    private int _running;

    public string Name => "pages";

    /// <summary>Has an exchange wait for its page.</summary>
    /// <param name="log">Told why a page could not be made.</param>
    /// <param name="make">Called on the thread pool; it must not touch the exchange.</param>
    /// <param name="answer">Called on the loop, if the exchange still waits; with null where making the page failed.</param>
    public void Begin(Exchange exchange, ErrorLog log, Func<MadePage> make, Action<Exchange, MadePage?> answer)
    {
        exchange.Handler = this;
        _next.Enqueue(new Work(this, exchange, log, make, answer));
        RunNext();
    }

    public void OnAborted(Exchange exchange, EndReason reason)
    {
    }

    public void OnBodyReadable(Exchange exchange)
    {
    }

    public void OnWritable(Exchange exchange)
    {
    }

    private void RunNext()
    {
        while (_running < MaximumRunning && _next.TryDequeue(out Work? work))
        {
            if (work.IsWaiting)
            {
                _running++;
                ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
            }
        }
    }

    private void Ended()
    {
        _running--;
        RunNext();
    }

    private sealed class Work(PageQueue queue, Exchange exchange, ErrorLog log, Func<MadePage> make, Action<Exchange, MadePage?> answer) : IThreadPoolWorkItem, ILoopWork
    {
        private readonly uint _generation = exchange.Generation;
        private MadePage? _page;

        public bool IsWaiting => exchange.Generation == _generation && exchange.EndReason == EndReason.None;

        void IThreadPoolWorkItem.Execute()
        {
            try
            {
                _page = make();
            }
#pragma warning disable CA1031 // On a pool thread an exception would end the process; here it is the answer to this request, and a line in the log.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                log.Write(LogLevel.Error, "files", null, fault.ToString());
            }

            queue.Loop.Post(this);
        }

        void ILoopWork.Run()
        {
            queue.Ended();
            if (IsWaiting)
            {
                answer(exchange, _page);
            }
        }
    }

    private EventLoop Loop => loop;
}

/// <summary>A page that was made, in a pinned array, and its coding.</summary>
internal sealed record MadePage(byte[] Content, ContentCoding Coding)
{
    public static byte[] Pinned(ReadOnlySpan<byte> content)
    {
        byte[] page = GC.AllocateUninitializedArray<byte>(content.Length, pinned: true);
        content.CopyTo(page);
        return page;
    }
}
