namespace Roundtrip.Core;

/// <summary>How much an error ends.</summary>
public enum ErrorScope : byte
{
    /// <summary>One exchange (a request, a stream): the connection may go on.</summary>
    Exchange,

    /// <summary>The connection and all on it.</summary>
    Connection,
}
