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

    /// <summary>Says that an engine was called from outside the driver's calls (a handler wrote later) and that output or deadlines changed.</summary>
    void Wake();

    /// <summary>Something is wrong with the connection or a message: a line for the error log.</summary>
    void Report(in ProtocolError error);
}
