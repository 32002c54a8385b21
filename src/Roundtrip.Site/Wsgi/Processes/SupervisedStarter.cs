using Roundtrip.Configuration;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Supervision;

namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>
/// Has workers started by the supervisor, which alone says what they run and as whom: the server names a place in the list that both have made of the configuration. The supervisor's orders
/// come to whoever reads them, who passes them on to <see cref="Pass"/>.
/// </summary>
public sealed class SupervisedStarter : IWorkerStarter
{
    private readonly SupervisedServer _server;
    private readonly WakeEvent _wake = new();
    private readonly Lock _lock = new();
    private readonly List<StartEvent> _events = [];
    private readonly HashSet<uint> _asked = [];
    private (uint Generation, Dictionary<WorkerGroupDefinition, uint> Places) _current = (0, []);
    private (uint Generation, Dictionary<WorkerGroupDefinition, uint> Places) _former = (0, []);

    /// <exception cref="Roundtrip.Processes.ProcessException">The process has no descriptor left.</exception>
    public SupervisedStarter(SupervisedServer server) => _server = server;

    /// <summary>The supervisor has sent a generation: programs are asked for by their places in it.</summary>
    public void Use(uint generation, BuiltConfiguration configuration)
    {
        var places = new Dictionary<WorkerGroupDefinition, uint>();
        foreach (WorkerGroupDefinition definition in WorkerGroups.Of(configuration))
        {
            places.TryAdd(definition, (uint)places.Count);
        }

        lock (_lock)
        {
            (_former, _current) = (_current, (generation, places));
        }
    }

    /// <summary>The generation is refused after all: the one before holds.</summary>
    public void UseFormer()
    {
        lock (_lock)
        {
            _current = _former;
        }
    }

    /// <summary>Takes what the supervisor says of programs.</summary>
    /// <returns>False where it says something else.</returns>
    public bool Pass(SupervisorOrder order)
    {
        StartEvent? happened = order switch
        {
            SupervisorOrder.Started { Socket: { } socket, Output: { } output } started => new StartEvent.Started(started.Token, started.Pid, socket, output),
            SupervisorOrder.StartRefused refused => new StartEvent.Refused(refused.Token, "the supervisor's log says why"),
            SupervisorOrder.ProgramEnded ended => new StartEvent.Ended(ended.Token, ended.Status),
            _ => null,
        };
        if (happened is not null)
        {
            Add(happened);
        }

        return happened is not null;
    }

    /// <summary>The supervisor is gone: nobody will say any more how its programs end.</summary>
    public void Abandon()
    {
        uint[] left;
        lock (_lock)
        {
            left = [.. _asked];
        }

        foreach (uint token in left)
        {
            Add(new StartEvent.Ended(token, default));
        }
    }

    bool IWorkerStarter.ChangesUser => true;

    void IWorkerStarter.Start(uint token, WorkerGroupDefinition definition)
    {
        uint generation, place;
        lock (_lock)
        {
            generation = _current.Generation;
            if (!_current.Places.TryGetValue(definition, out place))
            {
                _events.Add(new StartEvent.Refused(token, "the configuration does not name it any more"));
                _wake.Set();
                return;
            }
        }

        lock (_lock)
        {
            _asked.Add(token);
        }

        if (!_server.Start(generation, place, token))
        {
            Add(new StartEvent.Refused(token, "the supervisor is gone"));
        }
    }

    void IWorkerStarter.Kill(uint token, int signal) => _server.Kill(token, signal);

    void IWorkerStarter.AddTo(PollSet poll) => poll.Add(_wake.Descriptor);

    void IWorkerStarter.Take(List<StartEvent> events)
    {
        lock (_lock)
        {
            _wake.Clear();
            events.AddRange(_events);
            _events.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    private void Add(StartEvent happened)
    {
        lock (_lock)
        {
            if (happened is not StartEvent.Started)
            {
                _asked.Remove(happened.Token);
            }

            _events.Add(happened);
            _wake.Set();
        }
    }
}
