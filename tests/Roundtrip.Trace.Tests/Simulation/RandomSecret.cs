namespace Roundtrip.Trace.Tests.Simulation;

internal static class RandomSecret
{
    public static UInt128 NextSecret(this Random random) => new((ulong)random.NextInt64(long.MinValue, long.MaxValue), (ulong)random.NextInt64(long.MinValue, long.MaxValue));
}
