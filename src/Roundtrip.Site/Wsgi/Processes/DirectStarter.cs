using Roundtrip.Processes;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;

namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>Starts workers from the server itself, where there is no supervisor: as whoever runs it.</summary>
internal sealed class DirectStarter : IWorkerStarter
{
    private readonly Dictionary<uint, ChildProcess> _children = [];
    private readonly List<StartEvent> _events = [];

    public bool ChangesUser => false;

    public void Start(uint token, WorkerGroupDefinition definition)
    {
        if (WorkerProgram.FaultOf(definition) is { } fault)
        {
            _events.Add(new StartEvent.Refused(token, fault));
            return;
        }

        OwnedDescriptor? ours = null, theirs = null, reader = null, writer = null;
        try
        {
            (ours, theirs) = DescriptorPair.StreamSockets();
            (reader, writer) = DescriptorPair.Pipe();
            ChildStart start = WorkerProgram.StartOf(definition);
            start = start with { Descriptors = [.. start.Descriptors, new ChildDescriptor(theirs, WorkerProgram.ControlNumber), .. WorkerProgram.OutputNumbers.Select(number => new ChildDescriptor(writer, number))] };
            if (ChildProcess.TryStart(start, out ChildProcess? child, out SystemError? error))
            {
                _children.Add(token, child!);
                _events.Add(new StartEvent.Started(token, child!.Pid, ours, reader));
                (ours, reader) = (null, null);
            }
            else
            {
                _events.Add(new StartEvent.Refused(token, error!.Text));
            }
        }
        catch (ProcessException missing)
        {
            _events.Add(new StartEvent.Refused(token, missing.Message));
        }
        finally
        {
            ours?.Dispose();
            theirs?.Dispose();
            reader?.Dispose();
            writer?.Dispose();
        }
    }

    public void Kill(uint token, int signal)
    {
        if (_children.TryGetValue(token, out ChildProcess? child))
        {
            child.Kill(signal);
        }
    }

    public void AddTo(PollSet poll)
    {
        foreach (ChildProcess child in _children.Values)
        {
            poll.Add(child.Pidfd);
        }
    }

    public void Take(List<StartEvent> events)
    {
        events.AddRange(_events);
        _events.Clear();
        foreach ((uint token, ChildProcess child) in _children)
        {
            if (child.TryReap(out ExitStatus status))
            {
                events.Add(new StartEvent.Ended(token, status));
                child.Dispose();

                // Removing is allowed while the dictionary is gone through.
                _children.Remove(token);
            }
        }
    }

    public void Dispose()
    {
        foreach (ChildProcess child in _children.Values)
        {
            child.Dispose();
        }
    }
}
