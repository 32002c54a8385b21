using System.Runtime.InteropServices;

namespace Roundtrip.Transport.Tests.Tls;

/// <summary>What a client needs of OpenSSL beyond the server's binding.</summary>
internal static unsafe partial class LibSslClient
{
    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    public const int ControlMaximumVersion = 124;
    public const int ControlServerName = 55;
    public const int BioControlEofReturn = 130;
    public const int BioControlPending = 10;

    [LibraryImport(Ssl)]
    public static partial nint TLS_client_method();

    [LibraryImport(Ssl)]
    public static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_free(nint context);

    [LibraryImport(Ssl)]
    public static partial nint SSL_CTX_ctrl(nint context, int command, nint number, void* pointer);

    [LibraryImport(Ssl)]
    public static partial ulong SSL_CTX_set_options(nint context, ulong options);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_cipher_list(nint context, string list);

    [LibraryImport(Ssl)]
    public static partial nint SSL_new(nint context);

    [LibraryImport(Ssl)]
    public static partial void SSL_set_connect_state(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_set_alpn_protos(nint ssl, byte* protocols, uint length);

    [LibraryImport(Ssl)]
    public static partial nint SSL_get1_session(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_set_session(nint ssl, nint session);

    [LibraryImport(Ssl)]
    public static partial void SSL_SESSION_free(nint session);

    [LibraryImport(Ssl)]
    public static partial int SSL_SESSION_has_ticket(nint session);

    [LibraryImport(Ssl)]
    public static partial void SSL_SESSION_get0_ticket(nint session, out nint ticket, out nuint length);

    [LibraryImport(Ssl)]
    public static partial uint SSL_SESSION_get_max_early_data(nint session);

    [LibraryImport(Ssl)]
    public static partial int SSL_key_update(nint ssl, int type);

    [LibraryImport(Ssl)]
    public static partial int SSL_renegotiate(nint ssl);

    [LibraryImport(Ssl)]
    public static partial nint SSL_get1_peer_certificate(nint ssl);

    [LibraryImport(Crypto)]
    public static partial nint BIO_s_mem();

    [LibraryImport(Crypto)]
    public static partial int BIO_write(nint bio, byte* bytes, int length);

    [LibraryImport(Crypto)]
    public static partial int BIO_read(nint bio, byte* bytes, int length);

    [LibraryImport(Crypto)]
    public static partial nint BIO_ctrl(nint bio, int command, nint number, void* pointer);
}
