namespace Roundtrip.Processes.Tests;

/// <summary>Waits for a condition of another process.</summary>
internal static class Until
{
    private const int Patience = 30_000;

    public static void True(Func<bool> condition, Func<string> otherwise)
    {
        long until = Environment.TickCount64 + Patience;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < until, otherwise());
            Thread.Sleep(5);
        }
    }
}
