using System.Runtime.InteropServices;

namespace Roundtrip.Transport.Tls;

/// <summary>What OpenSSL asks during a handshake. No exception leaves these: a native frame cannot be unwound.</summary>
internal static unsafe class TlsCallbacks
{
    private const uint ServerNameType = 0;
    private const int InternalErrorAlert = 80;

    public static void Install(TlsServerContext context)
    {
        LibSsl.SSL_CTX_set_client_hello_cb(context.Handle, &OnClientHello, null);
        delegate* unmanaged<nint, int*, void*, int> serverName = &OnServerName;
        LibSsl.SSL_CTX_callback_ctrl(context.Handle, LibSsl.CallbackServerName, serverName);
        if (context.ApplicationProtocols.Length > 0)
        {
            LibSsl.SSL_CTX_set_alpn_select_cb(context.Handle, &OnApplicationProtocols, null);
        }
    }

    /// <summary>Has a client's sessions kept by <see cref="TlsSessions"/>, and not by the context, which does not know the servers apart.</summary>
    public static void Install(TlsClientContext context)
    {
        LibSsl.SSL_CTX_ctrl(context.Handle, LibSsl.ControlSessionCacheMode, LibSsl.SessionCacheClient | LibSsl.SessionCacheNoInternal, null);
        LibSsl.SSL_CTX_sess_set_new_cb(context.Handle, &OnNewSession);
    }

    // 1 says that the reference is ours.
    [UnmanagedCallersOnly]
    private static int OnNewSession(nint ssl, nint session) => TlsConnection.Current.Sessions is { } sessions && sessions.TryAdd(session) ? 1 : 0;

    // The context is chosen here and not in the server name callback, which comes after the session was looked up: a session of another
    // virtual host would have been found by then.
    [UnmanagedCallersOnly]
    private static int OnClientHello(nint ssl, int* alert, void* argument)
    {
        TlsConnection connection = TlsConnection.Current;
        try
        {
            byte* content;
            nuint length;
            Span<byte> name = stackalloc byte[ServerNameExtension.MaximumLength];
            int nameLength = LibSsl.SSL_client_hello_get0_ext(ssl, ServerNameType, &content, &length) == 1
                ? ServerNameExtension.Parse(new ReadOnlySpan<byte>(content, (int)length), name)
                : 0;

            TlsServerContext chosen = connection.ServerNameReceived(name[..nameLength]);
            if (chosen != connection.Context)
            {
                connection.Context = chosen;
                LibSsl.SSL_set_SSL_CTX(ssl, chosen.Handle);
                LibSsl.SSL_ctrl(ssl, LibSsl.ControlMinimumVersion, (int)chosen.Options.MinimumVersion, null);
                LibSsl.SSL_ctrl(ssl, LibSsl.ControlMaximumVersion, (int)chosen.Options.MaximumVersion, null);
            }

            byte* digest = stackalloc byte[TlsServerContext.SessionContextLength];
            chosen.WriteSessionContext(name[..nameLength], new Span<byte>(digest, TlsServerContext.SessionContextLength));
            if (LibSsl.SSL_set_session_id_context(ssl, digest, TlsServerContext.SessionContextLength) == 1)
            {
                return LibSsl.ClientHelloSuccess;
            }
        }
        catch (Exception e)
        {
            connection.CallbackFailed(e);
        }

        *alert = InternalErrorAlert;
        return LibSsl.ClientHelloError;
    }

    // RFC 6066 §3: a server that used the name says so. A name that nobody serves gets the default context rather than an alert.
    [UnmanagedCallersOnly]
    private static int OnServerName(nint ssl, int* alert, void* argument) => LibSsl.ExtensionOk;

    // RFC 7301 §3.2: when nothing matches, no_application_protocol. The answer points into the client's own list.
    [UnmanagedCallersOnly]
    private static int OnApplicationProtocols(nint ssl, byte** chosen, byte* chosenLength, byte* offered, uint offeredLength, void* argument)
    {
        var context = (TlsServerContext)TlsConnection.Current.Context;
        var list = new ReadOnlySpan<byte>(offered, (int)offeredLength);
        int best = int.MaxValue;
        for (int at = 0; at < list.Length && list[at] <= list.Length - at - 1; at += 1 + list[at])
        {
            int rank = context.RankOf(list.Slice(at + 1, list[at]));
            if (rank >= best || rank < 0 || (context.IsHttp2(rank) && context.Options.RequiresModernTls && !IsModern(ssl)))
            {
                continue;
            }

            best = context.Options.HonorsProtocolOrder ? rank : 0;
            *chosen = offered + at + 1;
            *chosenLength = list[at];
        }

        return best == int.MaxValue ? LibSsl.ExtensionAlertFatal : LibSsl.ExtensionOk;
    }

    // RFC 9113 §9.2.2: of the suites of TLS 1.2 those of its appendix A are prohibited: what is not ephemeral and authenticated encryption. Those of TLS 1.3 all are.
    private static bool IsModern(nint ssl)
    {
        nint cipher = LibSsl.SSL_get_pending_cipher(ssl);
        string name = cipher == 0 ? "" : Marshal.PtrToStringUTF8(LibSsl.SSL_CIPHER_get_name(cipher)) ?? "";
        return name.StartsWith("TLS_", StringComparison.Ordinal)
               || (name.Contains("DHE-", StringComparison.Ordinal)
                   && (name.Contains("GCM", StringComparison.Ordinal) || name.Contains("CHACHA20", StringComparison.Ordinal) || name.Contains("CCM", StringComparison.Ordinal)));
    }
}
