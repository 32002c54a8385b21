namespace Roundtrip.Http.Http1;

/// <summary>
/// Where a connection stands. It goes Idle, Head, Exchange, then perhaps Discarding, perhaps Draining, then Idle again or Over.
/// </summary>
internal enum Http1Phase : byte
{
    /// <summary>Between requests, or before the first.</summary>
    Idle,

    /// <summary>A request's head has begun to come.</summary>
    Head,

    /// <summary>A handler has the exchange.</summary>
    Exchange,

    /// <summary>The response is complete; what is left of the request's body is taken off the connection.</summary>
    Discarding,

    /// <summary>The response is complete, and enough of it waits to be sent that the exchange is not over.</summary>
    Draining,

    /// <summary>No further request is read: the connection closes, or belongs to another protocol.</summary>
    Over,
}
