using System.Runtime.InteropServices;

namespace Roundtrip.Transport.Tls;

/// <summary>
/// The functions of libssl.so.3 that are used, with the names and constants of OpenSSL's ssl.h. A C <c>long</c> is <c>nint</c>.
/// None suppresses the GC transition: each may run a handshake or call back.
/// </summary>
internal static unsafe partial class LibSsl
{
    public const string Name = "libssl.so.3";


    public const int Tls12 = 0x0303;
    public const int Tls13 = 0x0304;

    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionNoCompression = 1UL << 17;
    public const ulong OptionPrioritizeChaCha = 1UL << 21;
    public const ulong OptionCipherServerPreference = 1UL << 22;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    public const int ControlMode = 33;
    public const int ControlReadAhead = 41;
    public const int ControlSessionCacheSize = 42;
    public const int ControlSessionCacheMode = 44;
    public const int ControlChainCertificate = 89;
    public const int ControlGetPeerTemporaryKey = 109;
    public const int ControlMinimumVersion = 123;
    public const int ControlMaximumVersion = 124;
    public const int ControlGetTemporaryKey = 133;
    public const int CallbackServerName = 53;
    public const int ControlSetServerName = 55;

    public const int ServerNameHost = 0;

    public const int VerifyNone = 0;
    public const int VerifyPeer = 1;
    public const long VerifyOk = 0;

    public const int ModeEnablePartialWrite = 0x01;
    public const int ModeAcceptMovingWriteBuffer = 0x02;

    public const int SessionCacheOff = 0;
    public const int SessionCacheClient = 1;
    public const int SessionCacheServer = 2;
    public const int SessionCacheNoInternal = 0x300;

    public const int ErrorSsl = 1;
    public const int ErrorWantRead = 2;
    public const int ErrorWantWrite = 3;
    public const int ErrorSyscall = 5;
    public const int ErrorZeroReturn = 6;

    public const int ClientHelloError = 0;
    public const int ClientHelloSuccess = 1;
    public const int ExtensionOk = 0;
    public const int ExtensionAlertFatal = 2;
    public const int ExtensionNoAcknowledgement = 3;

    public const ulong InitNoAtExit = 0x0008_0000;
    public const ulong InitLoadSslStrings = 0x0020_0000;

    [LibraryImport(Name)]
    public static partial int OPENSSL_init_ssl(ulong options, nint settings);

    [LibraryImport(Name)]
    public static partial nint TLS_server_method();

    [LibraryImport(Name)]
    public static partial nint TLS_client_method();

    [LibraryImport(Name)]
    public static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Name)]
    public static partial void SSL_CTX_free(nint context);

    [LibraryImport(Name)]
    public static partial ulong SSL_CTX_set_options(SslContextHandle context, ulong options);

    [LibraryImport(Name)]
    public static partial nint SSL_CTX_ctrl(SslContextHandle context, int command, nint number, void* pointer);

    [LibraryImport(Name)]
    public static partial nint SSL_CTX_callback_ctrl(SslContextHandle context, int command, void* callback);

    [LibraryImport(Name)]
    public static partial nint SSL_CTX_set_timeout(SslContextHandle context, nint seconds);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_cipher_list(SslContextHandle context, string ciphers);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_ciphersuites(SslContextHandle context, string suites);

    [LibraryImport(Name)]
    public static partial int SSL_CTX_use_certificate(SslContextHandle context, nint certificate);

    [LibraryImport(Name)]
    public static partial int SSL_CTX_use_PrivateKey(SslContextHandle context, nint key);

    [LibraryImport(Name)]
    public static partial int SSL_CTX_check_private_key(SslContextHandle context);

    [LibraryImport(Name)]
    public static partial nint SSL_CTX_get0_certificate(SslContextHandle context);

    [LibraryImport(Name)]
    public static partial void SSL_CTX_set_default_passwd_cb(SslContextHandle context, delegate* unmanaged<byte*, int, int, void*, int> callback);

    [LibraryImport(Name)]
    public static partial int SSL_CTX_set_session_id_context(SslContextHandle context, byte* bytes, uint length);

    [LibraryImport(Name)]
    public static partial void SSL_CTX_set_alpn_select_cb(
        SslContextHandle context, delegate* unmanaged<nint, byte**, byte*, byte*, uint, void*, int> callback, void* argument);

    [LibraryImport(Name)]
    public static partial void SSL_CTX_set_client_hello_cb(
        SslContextHandle context, delegate* unmanaged<nint, int*, void*, int> callback, void* argument);

    [LibraryImport(Name)]
    public static partial int SSL_client_hello_get0_ext(nint ssl, uint type, byte** content, nuint* length);

    [LibraryImport(Name)]
    public static partial nint SSL_new(SslContextHandle context);

    [LibraryImport(Name)]
    public static partial void SSL_free(nint ssl);

    [LibraryImport(Name)]
    public static partial void SSL_set_bio(nint ssl, nint read, nint write);

    [LibraryImport(Name)]
    public static partial nint SSL_ctrl(nint ssl, int command, nint number, void* pointer);

    [LibraryImport(Name)]
    public static partial nint SSL_set_SSL_CTX(nint ssl, SslContextHandle context);

    [LibraryImport(Name)]
    public static partial int SSL_set_session_id_context(nint ssl, byte* bytes, uint length);

    [LibraryImport(Name)]
    public static partial void SSL_set_accept_state(nint ssl);

    [LibraryImport(Name)]
    public static partial void SSL_set_connect_state(nint ssl);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_set1_host(nint ssl, string name);

    [LibraryImport(Name)]
    public static partial nint SSL_get0_param(nint ssl);

    [LibraryImport(Name)]
    public static partial nint SSL_get_verify_result(nint ssl);

    [LibraryImport(Name)]
    public static partial void SSL_CTX_set_verify(SslContextHandle context, int mode, nint callback);

    [LibraryImport(Name)]
    public static partial int SSL_CTX_set_default_verify_paths(SslContextHandle context);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_load_verify_file(SslContextHandle context, string file);

    [LibraryImport(Name)]
    public static partial int SSL_CTX_set_alpn_protos(SslContextHandle context, byte* names, uint length);

    [LibraryImport(Name)]
    public static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(Name)]
    public static partial int SSL_read(nint ssl, byte* buffer, int length);

    [LibraryImport(Name)]
    public static partial int SSL_write(nint ssl, byte* buffer, int length);

    [LibraryImport(Name)]
    public static partial int SSL_has_pending(nint ssl);

    [LibraryImport(Name)]
    public static partial int SSL_free_buffers(nint ssl);

    [LibraryImport(Name)]
    public static partial int SSL_shutdown(nint ssl);

    [LibraryImport(Name)]
    public static partial int SSL_get_error(nint ssl, int result);

    [LibraryImport(Name)]
    public static partial int SSL_version(nint ssl);

    [LibraryImport(Name)]
    public static partial nint SSL_get_pending_cipher(nint ssl);

    [LibraryImport(Name)]
    public static partial nint SSL_get_current_cipher(nint ssl);

    [LibraryImport(Name)]
    public static partial nint SSL_CIPHER_get_name(nint cipher);

    [LibraryImport(Name)]
    public static partial int SSL_session_reused(nint ssl);

    [LibraryImport(Name)]
    public static partial int SSL_set_session(nint ssl, nint session);

    [LibraryImport(Name)]
    public static partial void SSL_CTX_sess_set_new_cb(SslContextHandle context, delegate* unmanaged<nint, nint, int> callback);

    [LibraryImport(Name)]
    public static partial int SSL_SESSION_up_ref(nint session);

    [LibraryImport(Name)]
    public static partial void SSL_SESSION_free(nint session);

    [LibraryImport(Name)]
    public static partial int SSL_SESSION_get_protocol_version(nint session);

    [LibraryImport(Name)]
    public static partial void SSL_get0_alpn_selected(nint ssl, byte** name, uint* length);
}
