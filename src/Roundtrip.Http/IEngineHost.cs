using Roundtrip.Core;

namespace Roundtrip.Http;

/// <summary>What an engine of either role sees of the connection under it. <see cref="IConnectionHost"/> adds what only a server has.</summary>
public interface IEngineHost
{
    /// <summary>The bytes that came and are not consumed.</summary>
    ref InputBuffer Input { get; }

    /// <summary>Where the engine puts what is to be sent.</summary>
    OutputQueue Output { get; }

    /// <summary>How many bytes wait to be sent: <see cref="Output"/>'s length, without making an output queue where there is none.</summary>
    long OutputLength { get; }

    BufferPool Buffers { get; }

    /// <summary>The loop's time in milliseconds, as of the current wake-up.</summary>
    long Now { get; }

    HttpLimits Limits { get; }

    /// <summary>Reads what comes next straight to where it is wanted, past <see cref="Input"/>, which is empty.</summary>
    /// <returns>How many bytes came; 0 where none are here now. Whether more come, and how they end, is told as ever.</returns>
    int ReadThrough(Span<byte> destination) => 0;

    /// <summary>Sends what waits, and behind it bytes from where they lie, as far as they leave at once.</summary>
    /// <returns>How many of the bytes have left: those that have not are the caller's still.</returns>
    int SendThrough(ReadOnlySpan<byte> bytes) => 0;

    /// <summary>Says that an engine was called from outside the driver's calls (a handler wrote later) and that output or deadlines changed.</summary>
    void Wake();

    /// <summary>Something is wrong with the connection or a message: a line for the error log.</summary>
    void Report(in ProtocolError error);
}
