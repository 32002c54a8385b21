using System.Text;
using Roundtrip.Http;
using Roundtrip.Site.Cgi;

namespace Roundtrip.Site.Tests.Cgi;

/// <summary>What a script's header section comes to (RFC 3875 section 6).</summary>
public class CgiHeadTests
{
    [Theory]
    [InlineData("Content-Type: text/plain\n\nrest", 200, "Content-Type: text/plain\r\n")]
    [InlineData("Content-Type: text/plain\r\n\r\nrest", 200, "Content-Type: text/plain\r\n")]
    [InlineData("Status: 404 Not Found\nX-A:b\n\n", 404, "X-A: b\r\n")]
    [InlineData("Status: 204\n\n", 204, "")]
    [InlineData("Location: https://example.org/\n\n", 302, "Location: https://example.org/\r\n")]
    [InlineData("Status: 301 Moved\nLocation: /b\n\n", 301, "Location: /b\r\n")]
    [InlineData("Set-Cookie: a=1\nSet-Cookie: b=2\n\n", 200, "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n")]
    [InlineData("X-A: b\nConnection: close\nTransfer-Encoding: chunked\nDate: now\nServer: me\n\n", 200, "X-A: b\r\n")]
    public void A_section_has_its_status_and_its_fields_but_for_the_servers_own(string output, int status, string lines)
    {
        (string? fault, CgiHead head, string fields) = Read(output);

        Assert.Null(fault);
        Assert.Equal((status, lines, ""), (head.Status, fields, head.Location));
    }

    [Theory]
    [InlineData("Location: /on/x?a=b\n\n", "/on/x?a=b")]
    [InlineData("Status: 200 OK\nLocation: /x\n\n", "/x")]
    public void A_path_without_a_status_is_taken_up_by_the_server(string output, string location) => Assert.Equal(location, Read(output).Head.Location);

    [Theory]
    [InlineData("garbage\n\n", "malformed header: 'garbage'")]
    [InlineData("\n", "the header is empty")]
    [InlineData("A b: c\n\n", "malformed header")]
    [InlineData(" folded: c\n\n", "malformed header")]
    [InlineData(": c\n\n", "malformed header")]
    [InlineData("A: b\0c\n\n", "malformed header")]
    [InlineData("A: b\rC: d\n\n", "malformed header")]
    [InlineData("Status: 99\n\n", "malformed header")]
    [InlineData("Status: 100 Continue\n\n", "malformed header")]
    [InlineData("Status: 2000\n\n", "malformed header")]
    [InlineData("Status: abc\n\n", "malformed header")]
    [InlineData("Content-Length: -1\n\n", "malformed header")]
    [InlineData("Content-Length: 1x\n\n", "malformed header")]
    [InlineData("Content-Length: 1\nContent-Length: 2\n\n", "malformed header")]
    public void What_is_no_header_is_said_to_be_none(string output, string fault) => Assert.StartsWith(fault, Read(output).Fault, StringComparison.Ordinal);

    [Fact]
    public void Too_many_fields_are_refused() =>
        Assert.Contains("more than", Read(string.Concat(Enumerable.Range(0, CgiHead.MaximumFields + 1).Select(number => $"X-{number}: a\n")) + "\n").Fault, StringComparison.Ordinal);

    [Theory]
    [InlineData("A: b\r\nC: d\r\n\r\n")]
    [InlineData("A: b\n\n")]
    [InlineData("A: b\r\n\n")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void The_section_ends_at_its_empty_line_and_not_before(string section)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(section);

        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.Equal(-1, CgiHead.LengthOf(bytes.AsSpan(0, length))));
        Assert.Equal(bytes.Length, CgiHead.LengthOf([.. bytes, .. "A: b\n\n"u8]));
    }

    [Theory]
    [InlineData("HTTP/1.1 202 Fine\nX-A: b\n\n", null, 202)]
    [InlineData("HTTP/1.0 200 OK\n\n", null, 200)]
    [InlineData("Status: 200\n\n", "the status line of an nph- script is 'Status: 200'", 0)]
    [InlineData("HTTP/1.1 abc\n\n", "the status line of an nph- script is 'HTTP/1.1 abc'", 0)]
    public void A_script_whose_header_is_not_parsed_begins_with_a_status_line(string output, string? fault, int status)
    {
        (string? found, CgiHead head, _) = Read(output, hasStatusLine: true);

        Assert.Equal((fault, status), (found, head.Status));
    }

    private static (string? Fault, CgiHead Head, string Fields) Read(string output, bool hasStatusLine = false)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(output);
        var fields = new FieldBuffer();
        string? fault = CgiHead.TryRead(bytes.AsSpan(0, CgiHead.LengthOf(bytes)), hasStatusLine, fields, out CgiHead head);
        return (fault, head, Encoding.Latin1.GetString(fields.Http1Lines));
    }
}
