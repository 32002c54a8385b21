using System.Runtime.InteropServices;

namespace Roundtrip.Transport.Tls;

/// <summary>
/// The BIO between OpenSSL and a <see cref="TlsConnection"/>. It holds nothing: a read goes straight from the inner connection into OpenSSL's
/// buffer, a write is appended to the connection's ciphertext. Which connection that is says <see cref="TlsConnection.Current"/>. So a loop needs one for all its connections: what it is told
/// to remember, whether to try again, is read before another connection's turn.
/// </summary>
internal static unsafe class ConnectionBio
{
    private const int Failed = -1;
    private const int Moved = 1;

    private static readonly nint Method = CreateMethod();

    public static nint Create() => LibCrypto.BIO_new(Method);

    private static nint CreateMethod()
    {
        nint method = LibCrypto.BIO_meth_new(LibCrypto.BIO_get_new_index() | LibCrypto.BioTypeSourceSink, "roundtrip connection");
        bool set = LibCrypto.BIO_meth_set_read_ex(method, &OnRead) == 1
            && LibCrypto.BIO_meth_set_write_ex(method, &OnWrite) == 1
            && LibCrypto.BIO_meth_set_ctrl(method, &OnControl) == 1;
        return set ? method : throw new TransportException($"OpenSSL makes no BIO method: {OpenSslError.Drain().Describe()}.");
    }

    [UnmanagedCallersOnly]
    private static int OnRead(nint bio, byte* buffer, nuint length, nuint* count)
    {
        TlsConnection connection = TlsConnection.Current;
        try
        {
            int read = connection.ReadCiphertext(new Span<byte>(buffer, (int)length), out bool retry);
            if (read > 0)
            {
                *count = (nuint)read;
                return Moved;
            }

            SetRetry(bio, retry, LibCrypto.BioFlagRead);
        }
        catch (Exception e)
        {
            SetRetry(bio, retry: false, 0);
            connection.CallbackFailed(e);
        }

        *count = 0;
        return Failed;
    }

    [UnmanagedCallersOnly]
    private static int OnWrite(nint bio, byte* buffer, nuint length, nuint* count)
    {
        TlsConnection connection = TlsConnection.Current;
        try
        {
            if (connection.WriteCiphertext(new ReadOnlySpan<byte>(buffer, (int)length)))
            {
                *count = length;
                return Moved;
            }

            SetRetry(bio, retry: true, LibCrypto.BioFlagWrite);
        }
        catch (Exception e)
        {
            SetRetry(bio, retry: false, 0);
            connection.CallbackFailed(e);
        }

        *count = 0;
        return Failed;
    }

    // The end of input is never told as BIO_CTRL_EOF: OpenSSL would make the end without close_notify a fatal error, and the half that we
    // still may write with it.
    [UnmanagedCallersOnly]
    private static nint OnControl(nint bio, int command, nint number, void* pointer) => command == LibCrypto.BioControlFlush ? 1 : 0;

    // Read after a failure only, so a success need not clear them.
    private static void SetRetry(nint bio, bool retry, int direction)
    {
        LibCrypto.BIO_clear_flags(bio, LibCrypto.BioFlagsRetry);
        if (retry)
        {
            LibCrypto.BIO_set_flags(bio, direction | LibCrypto.BioFlagShouldRetry);
        }
    }
}
