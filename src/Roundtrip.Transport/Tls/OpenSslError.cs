using System.Runtime.InteropServices;

namespace Roundtrip.Transport.Tls;

/// <summary>An entry of OpenSSL's error queue, which each thread has of its own.</summary>
/// <param name="Code">The packed code; 0 when the queue was empty.</param>
internal readonly record struct OpenSslError(nuint Code)
{
    private const int LibraryPem = 9;
    private const int LibrarySsl = 20;
    private const nuint SystemFlag = 0x8000_0000;

    // RFC 8446 §6: an alert that came from the peer has the reason 1000 and its own number.
    private const int AlertOffset = 1000;

    public bool IsSystem => (Code & SystemFlag) != 0;

    public int Library => IsSystem ? 2 : (int)((Code >> 23) & 0xFF);

    public int Reason => (int)(Code & (IsSystem ? 0x7FFF_FFFFu : 0x7F_FFFFu));

    public bool IsPem => Library == LibraryPem;

    /// <summary>The alert that the peer sent, or null when the error is ours.</summary>
    public int? Alert => Library == LibrarySsl && Reason is >= AlertOffset and < AlertOffset + 256 ? Reason - AlertOffset : null;

    /// <summary>Empties the queue and gives the entry that says most: the first of libssl, or else the first.</summary>
    public static OpenSslError Drain()
    {
        OpenSslError chosen = default;
        while (LibCrypto.ERR_get_error() is var code and not 0)
        {
            var error = new OpenSslError(code);
            if (chosen.Code == 0 || (chosen.Library != LibrarySsl && error.Library == LibrarySsl))
            {
                chosen = error;
            }
        }

        return chosen;
    }

    /// <summary>Empties the queue and gives its first entry: the cause that lies deepest.</summary>
    public static OpenSslError DrainFirst()
    {
        var first = new OpenSslError(LibCrypto.ERR_get_error());
        LibCrypto.ERR_clear_error();
        return first;
    }

    /// <summary>OpenSSL's words for it. They are constants of the library: nothing that a peer sent is in them.</summary>
    /// <param name="peer">Whom an alert came from.</param>
    public string Describe(string peer = "the client")
    {
        if (Code == 0)
        {
            return "no reason was given";
        }

        if (IsSystem)
        {
            return Marshal.GetPInvokeErrorMessage(Reason);
        }

        if (Alert is { } alert)
        {
            return $"{peer} sent the alert {TlsAlert.Name(alert)}";
        }

        return Marshal.PtrToStringUTF8(LibCrypto.ERR_reason_error_string(Code)) ?? $"OpenSSL error {Code:X8}";
    }
}
