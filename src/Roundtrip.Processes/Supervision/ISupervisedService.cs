namespace Roundtrip.Processes.Supervision;

/// <summary>What is supervised: it reads the configuration, and knows what the supervisor does not.</summary>
public interface ISupervisedService
{
    /// <summary>Reads the configuration anew and opens what it names. Called on the supervisor's thread, at the start and at each SIGHUP or SIGUSR1.</summary>
    /// <param name="kept">Where listeners come from, so that those of the generation before are used again. What a failed load opened there is closed.</param>
    /// <param name="errors">A line each; nothing changes then, and what was opened otherwise has been closed.</param>
    bool TryLoad(KeptDescriptors kept, out Generation? generation, out IReadOnlyList<string> errors);
}
