namespace Roundtrip.Http.WebSocket;

/// <summary>The transitions of the closing handshake, in one table.</summary>
internal static class ClosingHandshake
{
    /// <summary>What happens.</summary>
    internal enum Event : byte
    {
        /// <summary>Our side wants to close.</summary>
        Close,

        /// <summary>The peer's Close frame.</summary>
        PeerClose,

        /// <summary>The peer broke a rule: RFC 6455 section 7.1.7, fail the connection.</summary>
        Failure,

        /// <summary>The connection under it has ended, or the peer will send no more.</summary>
        TransportEnd,

        /// <summary>What was waited for did not come in time.</summary>
        Timeout,
    }

    /// <summary>What is done then.</summary>
    [Flags]
    internal enum Actions : byte
    {
        None = 0,
        WriteClose = 1,

        /// <summary>The user is told: nothing more will come.</summary>
        Tell = 2,

        /// <summary>From now on the peer has <see cref="WebSocketLimits.CloseTimeout"/>.</summary>
        Wait = 4,

        /// <summary>The connection is closed once all is sent.</summary>
        End = 8,

        /// <summary>It is cut: nobody reads what is not sent.</summary>
        Cut = 16,
    }

    /// <summary>RFC 6455 sections 5.5.1, 7.1.1 and 7.1.7: the server closes the connection first, a client waits for that.</summary>
    public static (CloseState Next, Actions Actions) Next(CloseState state, Event what, WebSocketRole role) => (state, what, role) switch
    {
        (CloseState.Open, Event.Close, _) => (CloseState.CloseSent, Actions.WriteClose | Actions.Wait),
        (CloseState.Open, Event.PeerClose, WebSocketRole.Server) => (CloseState.Ended, Actions.WriteClose | Actions.Tell | Actions.End),
        (CloseState.Open, Event.PeerClose, WebSocketRole.Client) => (CloseState.Closed, Actions.WriteClose | Actions.Tell | Actions.Wait),
        (CloseState.Open, Event.Failure, _) => (CloseState.Ended, Actions.WriteClose | Actions.Tell | Actions.End),
        (CloseState.Open, Event.TransportEnd, _) => (CloseState.Ended, Actions.Tell | Actions.End),
        (CloseState.Open, Event.Timeout, _) => (CloseState.Ended, Actions.Tell | Actions.Cut),

        (CloseState.CloseSent, Event.PeerClose, WebSocketRole.Server) => (CloseState.Ended, Actions.Tell | Actions.End),
        (CloseState.CloseSent, Event.PeerClose, WebSocketRole.Client) => (CloseState.Closed, Actions.Tell | Actions.Wait),
        (CloseState.CloseSent, Event.Failure or Event.TransportEnd, _) => (CloseState.Ended, Actions.Tell | Actions.End),
        (CloseState.CloseSent, Event.Timeout, _) => (CloseState.Ended, Actions.Tell | Actions.Cut),

        (CloseState.Closed, Event.TransportEnd, _) => (CloseState.Ended, Actions.End),
        (CloseState.Closed, Event.Timeout, _) => (CloseState.Ended, Actions.Cut),

        _ => (state, Actions.None),
    };
}
