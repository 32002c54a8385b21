using System.Text;

namespace Roundtrip.Http.Http1;

/// <summary>
/// What each response begins with, ready to be copied: status line, Server, and the name of Date. Immutable but for what is made at its first use; a server that is to call itself otherwise
/// gets another one.
/// </summary>
public sealed class StatusLines
{
    /// <summary>For a server that calls itself by its name alone.</summary>
    public static readonly StatusLines Default = new("Roundtrip");

    /// <summary>Where the reason phrase begins in what a response begins with.</summary>
    internal const int ReasonOffset = 13;

    private const int Lowest = 100;
    private const int Highest = 999;

    // Made when first used. Two loops may make the same one at the same time: either will do.
    private readonly byte[]?[] _starts = new byte[Highest - Lowest + 1][];
    private readonly string _server;
    private readonly byte[] _serverBytes;

    /// <param name="server">The value of the Server field, of every response.</param>
    /// <exception cref="ArgumentException">It cannot stand in a field.</exception>
    public StatusLines(string server)
    {
        if (!FieldRules.IsValue(Encoding.UTF8.GetBytes(server)) || !Ascii.IsValid(server))
        {
            throw new ArgumentException($"'{server}' cannot stand in a field.", nameof(server));
        }

        _server = server;
        _serverBytes = Encoding.ASCII.GetBytes(server);
    }

    /// <summary>The value of the Server field.</summary>
    internal ReadOnlySpan<byte> Server => _serverBytes;

    /// <summary>
    /// <c>HTTP/1.1 200 OK CRLF Server: Roundtrip CRLF Date: </c> for the status, 100 to 999.
    /// </summary>
    internal ReadOnlySpan<byte> StartOf(int status) => _starts[status - Lowest] ??= BuildStart(status);

    /// <summary>The status line alone, with its CRLF, as interim responses have it.</summary>
    internal ReadOnlySpan<byte> LineOf(int status)
    {
        ReadOnlySpan<byte> start = StartOf(status);
        return start[..(start.IndexOf((byte)'\n') + 1)];
    }

    // RFC 9110 §2.5: a server answers with the highest minor version that it has, to 1.0 clients too.
    // RFC 9112 §4: the space before the reason phrase is sent even when the phrase is empty.
    private byte[] BuildStart(int status) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 {status} {ReasonPhrases.For(status)}\r\nServer: {_server}\r\nDate: ");
}
