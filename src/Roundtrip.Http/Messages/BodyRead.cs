namespace Roundtrip.Http;

/// <summary>What <see cref="Exchange.ReadBody"/> gave.</summary>
/// <param name="Count">Bytes copied; 0 unless <paramref name="Status"/> is <see cref="BodyReadStatus.Data"/>.</param>
public readonly record struct BodyRead(BodyReadStatus Status, int Count = 0);

public enum BodyReadStatus : byte
{
    /// <summary>At least one byte was copied.</summary>
    Data,

    /// <summary>Nothing is here yet: <see cref="IExchangeHandler.OnBodyReadable"/> will be called.</summary>
    NotYet,

    /// <summary>The body is complete and has all been read.</summary>
    End,

    /// <summary>The body can no longer come whole: the exchange is over.</summary>
    Failed,
}
