using Roundtrip.Transport.Files;

namespace Roundtrip.Server.Logs;

/// <summary>A log into a stream, which stays open.</summary>
internal sealed class StreamTarget(Stream destination) : ILogTarget
{
    public int Write(ReadOnlySpan<byte> bytes, out string? error)
    {
        try
        {
            destination.Write(bytes);
            destination.Flush();
            error = null;
            return bytes.Length;
        }
        catch (IOException fault)
        {
            error = fault.Message;
            return 0;
        }
    }

    public void Dispose()
    {
    }
}
