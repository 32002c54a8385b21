using Roundtrip.Processes.Spawning;

namespace Roundtrip.Processes.Supervision;

/// <summary>Loading generations and forgetting them: what the server may still use stays open until it says otherwise.</summary>
public sealed partial class Supervisor
{
    private void Reload()
    {
        _options.Notifier?.Reloading();
        Generation? before = _live.Count > 0 ? _live[^1].Generation : null;
        if (!TryLoad())
        {
            _options.Log("the configuration is not changed");
            _options.Notifier?.Ready();
            return;
        }

        if (before is not null && before.Server.Describe() != _live[^1].Generation.Server.Describe())
        {
            _options.Log("the server's program or user changed: that takes effect when it is started again");
        }

        On(SupervisorEvent.Loaded);
    }

    private bool TryLoad()
    {
        if (!_service.TryLoad(_kept, out Generation? generation, out IReadOnlyList<string> errors))
        {
            foreach (string error in errors)
            {
                _options.Log(error);
            }

            CloseUnwanted();
            return false;
        }

        _live.Add(new LiveGeneration(++_lastNumber, generation!));
        return true;
    }

    private void Confirm(uint number)
    {
        _confirmed = number;
        RetireWhere(live => live.Number < number);
    }

    private void DropUnconfirmed()
    {
        if (_live[^1].Number == _confirmed)
        {
            return;
        }

        _options.Log($"generation {_live[^1].Number} is given up; the server keeps generation {_confirmed}");
        RetireWhere(live => live.Number > _confirmed);
        _options.Notifier?.Ready();
    }

    private void RetireWhere(Predicate<LiveGeneration> isOver)
    {
        long now = Environment.TickCount64;
        foreach (LiveGeneration live in _live.FindAll(isOver))
        {
            live.Generation.Dispose();
            foreach (PipedProgram program in live.Generation.Programs)
            {
                program.Stop(now);
                _retired.Add(program);
            }

            // A program with a socket ends when the server closes that; exchanges of the old generation may still need it.
            _running.Stop(now, startable => startable.SocketNumber is null && live.Generation.Startables.Contains(startable));
        }

        _live.RemoveAll(isOver);
        CloseUnwanted();
    }

    private void CloseUnwanted() =>
        _kept.CloseAllBut(_live.SelectMany(live => live.Generation.Descriptors).Where(named => named.IsKept).Select(named => named.Name).ToHashSet());

    private IEnumerable<PipedProgram> Piped() => _live.SelectMany(live => live.Generation.Programs).Concat(_retired);

    private void AdvancePiped(long now)
    {
        foreach (PipedProgram program in Piped())
        {
            program.Advance(now);
        }

        foreach (PipedProgram program in _retired.FindAll(program => program.HasEnded))
        {
            program.Dispose();
            _retired.Remove(program);
        }
    }
}
