namespace Roundtrip.Transport.Tls;

/// <summary>Where a <see cref="TlsConnection"/> stands. It only moves down this list.</summary>
internal enum TlsPhase : byte
{
    /// <summary>Nothing has come yet, and there is no SSL object.</summary>
    Waiting,

    Handshaking,

    Open,

    /// <summary>Failed, and the sink knows or is about to: only Close and Reset do anything.</summary>
    Failed,

    Closed,
}
