using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Roundtrip.Transport;

namespace Roundtrip.Tools.Tracing;

/// <summary>Runs a trace on a thread of its own, so that nobody who looks on delays a probe, and gives what it tells to whoever looks on.</summary>
internal static class TraceThread
{
    /// <summary>For who wants to know how it stands, and not each step: what has not been looked at is replaced by what comes.</summary>
    public static Channel<T> Latest<T>() => Channel.CreateBounded<T>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.DropOldest });

    /// <param name="run">Ends soon after it is cancelled.</param>
    /// <exception cref="TraceException">No probe can be sent.</exception>
    public static async IAsyncEnumerable<T> Run<T>(Channel<T> progress, Action<ChannelWriter<T>, CancellationToken> run, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var thread = new Thread(() => RunToEnd(progress.Writer, run, ended.Token)) { IsBackground = true, Name = "trace" };
        thread.Start();
        try
        {
            // To the end also when cancelled: the last item says what was found.
            await foreach (T item in progress.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return item;
            }
        }
        finally
        {
            // Who looks on no longer needs no more probes.
            await ended.CancelAsync().ConfigureAwait(false);
            thread.Join();
        }
    }

    private static void RunToEnd<T>(ChannelWriter<T> progress, Action<ChannelWriter<T>, CancellationToken> run, CancellationToken cancellation)
    {
        try
        {
            run(progress, cancellation);
            progress.Complete();
        }
        catch (TraceException fault)
        {
            progress.Complete(fault);
        }
        catch (TransportException fault)
        {
            progress.Complete(new TraceException(fault.Message, fault) { IsRightMissing = fault.IsRightMissing });
        }
    }
}
