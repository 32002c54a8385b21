using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Files;

/// <summary>
/// What was found at one path while a resource was loaded. While all of its facts hold, the resource is as it was: so the file, the siblings that it lacks
/// and the index files that come before it are all watched in the same way.
/// </summary>
/// <param name="Root">The folder beneath which it was looked at.</param>
/// <param name="Path">With its NUL.</param>
/// <param name="Outcome">What came of opening it.</param>
/// <param name="Stamp">What was found; the default where nothing was.</param>
internal readonly record struct PathFact(FileRoot Root, byte[] Path, OpenOutcome Outcome, FileStamp Stamp)
{
    /// <summary>Looks again.</summary>
    public FactCheck Check(bool mayWait)
    {
        OpenOutcome outcome = Root.Look(FilePath.FromTerminated(Path), mayWait, out FileStamp stamp);
        if (outcome == OpenOutcome.WouldWait)
        {
            return FactCheck.WouldWait;
        }

        return outcome == Outcome && (outcome != OpenOutcome.Found || stamp == Stamp) ? FactCheck.Holds : FactCheck.Fails;
    }
}

internal enum FactCheck : byte
{
    Holds,
    Fails,
    WouldWait,
}
