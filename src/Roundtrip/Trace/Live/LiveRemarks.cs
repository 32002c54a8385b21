using Roundtrip.Tools.Tracing;

namespace Roundtrip.Program;

/// <summary>What there is to say of a trace that went on which its table does not.</summary>
internal static class LiveRemarks
{
    public static IEnumerable<string> Of(string host, RoundsProgress progress)
    {
        if (progress.Loop is { } loop)
        {
            yield return $"routing loop: hops {loop.First} to {loop.First + loop.Length - 1} come again and again; {host} cannot be reached";
        }
        else if (!progress.IsReached)
        {
            yield return $"{host} has not answered";
        }
    }
}
