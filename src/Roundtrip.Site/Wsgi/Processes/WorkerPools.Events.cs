using Roundtrip.Processes;
using Roundtrip.Server;

namespace Roundtrip.Site.Wsgi.Processes;

/// <content>What happens to workers, as their pools, they themselves and who starts them tell it: each becomes an event of a state machine.</content>
public sealed partial class WorkerPools
{
    private void TakeNotices(long now)
    {
        while (_notices.TryDequeue(out Notice notice))
        {
            RunningGroup group = notice.Group;
            WorkerGroup machine = group.Machine;
            switch (notice.Kind)
            {
                case NoticeKind.Named:
                    machine.Stay(now);
                    break;
                case NoticeKind.Reloaded:
                    machine.Roll(now);
                    break;
                case NoticeKind.Left:
                    machine.Leave(now);
                    break;
                case NoticeKind.Wanted:
                    machine.Want(now);
                    break;
                case NoticeKind.Worn:
                    notice.Worker!.Life.IsWorn = true;
                    break;
                case NoticeKind.Touched:
                    Say(group, LogLevel.Info, $"{notice.Text} has changed: the processes of {group.Name} are replaced one by one");
                    machine.Roll(now);
                    break;
                case NoticeKind.Drained:
                    notice.Worker!.Drained();
                    machine.On(notice.Worker.Life, WorkerEvent.Drained, now);
                    break;
                case NoticeKind.Overdue:
                    Happen(notice.Worker!, WorkerEvent.Overdue, notice.Text!, now);
                    break;
                case NoticeKind.Broken:
                    // One that ends in good order has said so before its channels ended.
                    Hear(notice.Worker!, now);
                    Happen(notice.Worker!, WorkerEvent.Broken, notice.Text!, now);
                    break;
            }

            Perform(group);
        }
    }

    private static void Happen(RunningWorker worker, WorkerEvent happened, string cause, long now)
    {
        // What breaks in one that was told to end is its end.
        if (worker.Life.Phase != WorkerPhase.Ending)
        {
            worker.Fault ??= cause;
        }

        worker.Group.Machine.On(worker.Life, happened, now);
    }

    private void ReadWorkers(long now)
    {
        foreach (RunningWorker worker in _workers.Values)
        {
            if (worker.Process is not { } process)
            {
                continue;
            }

            process.Errors.Read(LinesAtATime, (request, text) => WriteLine(worker, request, text));
            worker.Life.Use(process.Busy > 0, process.LastUsed, now);
            Hear(worker, now);
        }
    }

    private static void Hear(RunningWorker worker, long now)
    {
        switch (worker.Process?.Advance())
        {
            case WorkerWord.Ready:
                worker.Group.Machine.On(worker.Life, WorkerEvent.Ready, now);
                break;
            case WorkerWord.Modified:
                worker.Group.Machine.Modified(worker.Life, now);
                break;
            case WorkerWord.Leaving:
                worker.IsLeaving = worker.Life.ReadySince > 0;
                worker.Group.Machine.On(worker.Life, WorkerEvent.Leaving, now);
                break;
            case WorkerWord.Gone:
                worker.Process.CloseControl();
                worker.Group.Machine.On(worker.Life, WorkerEvent.Broken, now);
                break;
        }
    }

    private void TakeStarts(long now)
    {
        _events.Clear();
        _starter.Take(_events);
        foreach (StartEvent happened in _events)
        {
            RunningWorker worker = _workers[happened.Token];
            switch (happened)
            {
                case StartEvent.Started started:
                    Began(worker, started, now);
                    break;
                case StartEvent.Refused refused:
                    Say(worker.Group, LogLevel.Error, $"no process of {worker.Group.Name} can be started: {refused.Reason}");
                    worker.Group.Machine.On(worker.Life, WorkerEvent.Exited, now);
                    break;
                case StartEvent.Ended ended:
                    Hear(worker, now);
                    worker.Process?.Errors.Read(LinesAtTheEnd, (request, text) => WriteLine(worker, request, text));
                    WriteEnd(worker, ended.Status);
                    worker.Group.Machine.On(worker.Life, WorkerEvent.Exited, now);
                    break;
            }

            Perform(worker.Group);
        }
    }

    private static void Began(RunningWorker worker, StartEvent.Started started, long now)
    {
        try
        {
            worker.Began(started);
        }
        catch (ProcessException fault)
        {
            started.Control.Dispose();
            started.Errors.Dispose();
            Happen(worker, WorkerEvent.Broken, fault.Message, now);
            return;
        }

        // It may have been given up meanwhile.
        if (worker.Life.Phase == WorkerPhase.Ending)
        {
            worker.Process!.CloseControl();
        }
    }
}
