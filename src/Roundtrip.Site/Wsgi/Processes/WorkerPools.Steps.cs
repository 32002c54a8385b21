using Roundtrip.Processes;
using Roundtrip.Server;

namespace Roundtrip.Site.Wsgi.Processes;

/// <content>What the state machines say is to be done with processes, and how all are ended.</content>
public sealed partial class WorkerPools
{
    private void Perform(RunningGroup group)
    {
        List<WorkerStep> steps = group.Machine.Steps;
        for (int i = 0; i < steps.Count; i++)
        {
            Perform(group, steps[i]);
        }

        steps.Clear();
    }

    private void Perform(RunningGroup group, WorkerStep step)
    {
        if (step.Action == WorkerActions.Start)
        {
            var started = new RunningWorker(++_lastToken, group, step.Worker);
            _workers.Add(started.Token, started);
            _starter.Start(started.Token, group.Definition);

            // What was started, or not, is among the events at once where the server starts it itself.
            _wake.Set();
            return;
        }

        RunningWorker worker = _workers.Values.First(one => ReferenceEquals(one.Life, step.Worker));
        if (step.Action.HasFlag(WorkerActions.Join))
        {
            // With a worker a pool has hope by itself.
            group.HasHope = true;
            worker.Join();
        }

        if (step.Action.HasFlag(WorkerActions.Retire))
        {
            worker.Retire();
        }

        if (step.Action.HasFlag(WorkerActions.DumpStacks))
        {
            Say(group, LogLevel.Error, $"{worker.Name} is killed: {worker.Fault}; the stacks of its threads follow");
            worker.Process!.AskForStacks();
            worker.Process.Advance();
            _starter.Kill(worker.Token, SignalNumber.User2);
        }

        if (step.Action.HasFlag(WorkerActions.End))
        {
            worker.Process?.CloseControl();
        }

        if (step.Action.HasFlag(WorkerActions.Kill))
        {
            worker.Cause = worker.Fault ?? (worker.Life.ReadySince == 0 ? "it was not ready in startup-timeout" : TooSlowToEnd);
            _starter.Kill(worker.Token, SignalNumber.Kill);
        }

        if (step.Action.HasFlag(WorkerActions.Lose))
        {
            _workers.Remove(worker.Token);
            worker.Lose();
        }
    }

    private void Stop()
    {
        long until = Environment.TickCount64;
        foreach (RunningWorker worker in _workers.Values)
        {
            worker.Process?.CloseControl();
            until = Math.Max(until, Environment.TickCount64 + (long)worker.Group.Definition.ShutdownTimeout.TotalMilliseconds);
        }

        bool isKilled = false;
        while (_workers.Count > 0)
        {
            long now = Environment.TickCount64;
            if (now >= until)
            {
                // SIGKILL is obeyed at once, but for a process that waits for a broken disk: that one is left.
                if (isKilled)
                {
                    break;
                }

                foreach (RunningWorker worker in _workers.Values)
                {
                    _starter.Kill(worker.Token, SignalNumber.Kill);
                }

                (isKilled, until) = (true, now + 1_000);
            }

            Wait(until, listens: true);
            _events.Clear();
            _starter.Take(_events);
            foreach (RunningWorker worker in _workers.Values)
            {
                worker.Process?.Errors.Read(LinesAtATime, (request, text) => WriteLine(worker, request, text));
            }

            foreach (StartEvent happened in _events)
            {
                RunningWorker worker = _workers[happened.Token];
                if (happened is StartEvent.Started started)
                {
                    started.Control.Dispose();
                    started.Errors.Dispose();
                }
                else
                {
                    _workers.Remove(happened.Token);
                    worker.Forget();
                }
            }
        }
    }
}
