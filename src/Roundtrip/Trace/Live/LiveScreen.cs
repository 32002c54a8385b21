using Roundtrip.Tools.Names;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace.Rounds;

namespace Roundtrip.Program;

/// <summary>The screen of a trace that goes on, and its keys.</summary>
internal static class LiveScreen
{
    // So often keys, the size of the window and names that have come are looked at.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <returns>How it stood at the end.</returns>
    /// <exception cref="TraceException">No probe can be sent.</exception>
    public static async Task<RoundsProgress> Run(string host, TraceRequest request, RoundOptions rounds, NameCache? names, CancellationToken cancellation)
    {
        using var quit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var control = new RoundsControl();
        var frame = new LiveFrame(host, rounds.Count, names) { ShowsNames = names is not null, IsUnicode = Terminal.IsUnicode };
        RoundsProgress? last = null;
        IAsyncEnumerator<RoundsProgress> trace = RoundsTracer.Trace(request, rounds, control, quit.Token).GetAsyncEnumerator(CancellationToken.None);
        await using (trace)
        {
            // Not before the first progress: where nothing can be sent there is no screen.
            Task<bool> next = trace.MoveNextAsync().AsTask();
            if (!await next)
            {
                throw new TraceException("the trace was over before it began");
            }

            using var terminal = new Terminal();
            do
            {
                last = trace.Current;
                next = trace.MoveNextAsync().AsTask();
                do
                {
                    await TakeKeys(frame, control, quit);
                    (frame.Width, frame.Height) = Terminal.Size;
                    frame.IsPaused = control.IsPaused;
                    terminal.Show(frame.Lines(last));
                }
                while (await Task.WhenAny(next, Task.Delay(Tick, CancellationToken.None)) != next);
            }
            while (await next);
        }

        return last;
    }

    private static async Task TakeKeys(LiveFrame frame, RoundsControl control, CancellationTokenSource quit)
    {
        while (Terminal.TakeKey() is { } key)
        {
            switch (key)
            {
                case 'q':
                    await quit.CancelAsync();
                    break;

                case 'p':
                    control.IsPaused = !control.IsPaused;
                    break;

                case ' ':
                    control.IsPaused = false;
                    break;

                case 'r':
                    control.Reset();
                    break;

                case 'n':
                    frame.ShowsNames = !frame.ShowsNames;
                    break;

                case 'd':
                    frame.IsHistoryAlone = !frame.IsHistoryAlone;
                    break;
            }
        }
    }
}
