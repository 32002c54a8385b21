using Roundtrip.Core;

namespace Roundtrip.Http;

/// <summary>
/// What a handler that does not answer at once is told, always on the exchange's own loop. It is set as <see cref="Exchange.Handler"/>.
/// </summary>
public interface IExchangeHandler
{
    /// <summary>The name under which the error log speaks of this handler.</summary>
    string Name { get; }

    /// <summary>
    /// After a <see cref="Exchange.ReadBody"/> that gave NotYet: more has come. Read until NotYet again; what came may be framing alone.
    /// </summary>
    void OnBodyReadable(Exchange exchange);

    /// <summary>The response has room again, after a <see cref="Exchange.Write"/> that took less than it was given.</summary>
    void OnWritable(Exchange exchange);

    /// <summary>
    /// The exchange is over before the handler completed it; nothing that is written to it goes anywhere any more. It may be called from
    /// within the handler's own call that found the cause (a ReadBody that fails, a Write of too much), but not from its own Abort or Complete.
    /// </summary>
    void OnAborted(Exchange exchange, EndReason reason);

    /// <summary>
    /// The connection is to end in good order (<see cref="Exchange.IsStopping"/>). Who has no end of its own, a tunnel or a stream of events, says goodbye in its protocol now; others answer as
    /// they would.
    /// </summary>
    void OnStopping(Exchange exchange)
    {
    }
}
