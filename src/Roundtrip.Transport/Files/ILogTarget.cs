namespace Roundtrip.Transport.Files;

/// <summary>Where the lines of a log go. One thread at a time uses it, and may wait in it.</summary>
public interface ILogTarget : IDisposable
{
    /// <summary>Writes whole lines, or the rest of what a failed write left of one.</summary>
    /// <returns>How many bytes were written; fewer than given when it failed, and <paramref name="error"/> says how.</returns>
    int Write(ReadOnlySpan<byte> bytes, out string? error);
}
