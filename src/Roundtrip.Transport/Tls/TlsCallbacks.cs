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

    // RFC 7301 §3.2: our order decides; when nothing matches, no_application_protocol. The answer points into the client's own list.
    [UnmanagedCallersOnly]
    private static int OnApplicationProtocols(nint ssl, byte** chosen, byte* chosenLength, byte* offered, uint offeredLength, void* argument)
    {
        var list = new ReadOnlySpan<byte>(offered, (int)offeredLength);
        foreach (byte[] protocol in TlsConnection.Current.Context.ApplicationProtocols)
        {
            for (int at = 0; at < list.Length; at += 1 + list[at])
            {
                int length = list[at];
                if (length <= list.Length - at - 1 && list.Slice(at + 1, length).SequenceEqual(protocol))
                {
                    *chosen = offered + at + 1;
                    *chosenLength = (byte)length;
                    return LibSsl.ExtensionOk;
                }
            }
        }

        return LibSsl.ExtensionAlertFatal;
    }
}
