using System.Text;

namespace Roundtrip.Http.Http1;

/// <summary>What each response begins with, ready to be copied: status line, Server, and the name of Date.</summary>
internal static class StatusLines
{
    /// <summary>The value of the Server field, of every response.</summary>
    public const string ServerName = "Roundtrip";

    private const int Lowest = 100;
    private const int Highest = 999;

    // Made when first used. Two loops may make the same one at the same time: either will do.
    private static readonly byte[]?[] Starts = new byte[Highest - Lowest + 1][];

    /// <summary>
    /// <c>HTTP/1.1 200 OK CRLF Server: Roundtrip CRLF Date: </c> for the status, 100 to 999.
    /// </summary>
    public static ReadOnlySpan<byte> StartOf(int status) => Starts[status - Lowest] ??= BuildStart(status);

    /// <summary>The status line alone, with its CRLF, as interim responses have it.</summary>
    public static ReadOnlySpan<byte> LineOf(int status)
    {
        ReadOnlySpan<byte> start = StartOf(status);
        return start[..(start.IndexOf((byte)'\n') + 1)];
    }

    // RFC 9110 §2.5: a server answers with the highest minor version that it has, to 1.0 clients too.
    // RFC 9112 §4: the space before the reason phrase is sent even when the phrase is empty.
    private static byte[] BuildStart(int status) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 {status} {ReasonPhrases.For(status)}\r\nServer: {ServerName}\r\nDate: ");
}
