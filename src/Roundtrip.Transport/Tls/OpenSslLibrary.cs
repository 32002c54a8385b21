namespace Roundtrip.Transport.Tls;

/// <summary>OpenSSL as a whole.</summary>
internal static class OpenSslLibrary
{
    /// <summary>Loads and starts it. To be called before anything else of it; again does nothing.</summary>
    /// <exception cref="TransportException">It is not installed, or does not start.</exception>
    public static void Initialize()
    {
        try
        {
            // The loops may still run when the process exits: OpenSSL must not tear itself down under them.
            if (LibSsl.OPENSSL_init_ssl(LibSsl.InitNoAtExit | LibSsl.InitLoadSslStrings, 0) != 1)
            {
                throw new TransportException($"OpenSSL does not start: {OpenSslError.Drain().Describe()}.");
            }
        }
        catch (DllNotFoundException e)
        {
            throw new TransportException($"TLS needs {LibSsl.Name} (OpenSSL 3): install the package libssl3.", e);
        }
    }
}
