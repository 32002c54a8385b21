using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;
using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Tests.Wsgi.Processes;

/// <summary>One worker that was started by <see cref="DirectStarter"/>, without a group around it.</summary>
internal sealed class StartedWorker : IDisposable
{
    private const int Patience = 30_000;
    private readonly DirectStarter _starter = new();
    private readonly PollSet _poll = new();
    private readonly List<StartEvent> _events = [];

    public StartedWorker(WorkerGroupDefinition definition)
    {
        _starter.Start(1, definition);
        Turn();
        Started = _events.OfType<StartEvent.Started>().SingleOrDefault();
        Refusal = _events.OfType<StartEvent.Refused>().SingleOrDefault()?.Reason;
        if (Started is not null)
        {
            Process = new WorkerProcess(1, definition.Threads, null, Started.Control, Started.Errors);
        }
    }

    public StartEvent.Started? Started { get; }

    public string? Refusal { get; }

    public WorkerProcess Process { get; } = null!;

    public List<(long Request, string Text)> Lines { get; } = [];

    public ExitStatus? Status => _events.OfType<StartEvent.Ended>().SingleOrDefault()?.Status;

    /// <summary>Goes on until the worker has said this, or has ended.</summary>
    public WorkerWord Until(WorkerWord wanted)
    {
        long until = Environment.TickCount64 + Patience;
        while (true)
        {
            WorkerWord word = Process.Advance();
            if (word == wanted || word == WorkerWord.Gone)
            {
                return word;
            }

            Assert.True(Environment.TickCount64 < until, string.Join('\n', Lines));
            Turn();
        }
    }

    /// <summary>Goes on until it has ended and all that it wrote was read.</summary>
    public ExitStatus UntilEnded()
    {
        long until = Environment.TickCount64 + Patience;
        while (Status is null)
        {
            Assert.True(Environment.TickCount64 < until, "it does not end");
            Process.Advance();
            Turn();
        }

        Process.Errors.Read(int.MaxValue, (request, text) => Lines.Add((request, text)));
        return Status.Value;
    }

    public void Kill(int signal) => _starter.Kill(1, signal);

    public void Dispose()
    {
        if (Started is not null)
        {
            Process.CloseControl();
            Kill(9);
            UntilEnded();
            Process.Dispose();
        }

        _starter.Dispose();
    }

    private void Turn()
    {
        _poll.Clear();
        _starter.AddTo(_poll);
        Process?.AddTo(_poll);
        if (Started is not null)
        {
            _poll.Wait(100);
        }

        Process?.Errors.Read(int.MaxValue, (request, text) => Lines.Add((request, text)));
        _starter.Take(_events);
    }
}
