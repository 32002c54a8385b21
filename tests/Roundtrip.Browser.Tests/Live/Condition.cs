namespace Roundtrip.Browser.Tests.Live;

/// <summary>Waits for what comes to hold, however slow the machine is.</summary>
internal static class Condition
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task HoldsAsync(Func<Task<bool>> holds, Func<string> otherwise)
    {
        for (long began = Environment.TickCount64; !await holds(); await Task.Delay(20))
        {
            Assert.True(Environment.TickCount64 - began < Patience.TotalMilliseconds, otherwise());
        }
    }
}
