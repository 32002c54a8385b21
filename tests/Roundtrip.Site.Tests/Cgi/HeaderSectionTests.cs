using System.Text;
using Roundtrip.Http;
using Roundtrip.Site.Cgi;

namespace Roundtrip.Site.Tests.Cgi;

/// <summary>The header section of a script's output, by RFC 3875 section 6 and as mod_cgi reads it.</summary>
public sealed class HeaderSectionTests
{
    [Theory]
    [InlineData("Content-Type: text/plain\n\n", 200, "", -1)]
    [InlineData("Content-Type: text/plain\r\n\r\n", 200, "", -1)]
    [InlineData("status: 404 Not here\nContent-Type: a/b\n\n", 404, "", -1)]
    [InlineData("Status: 204\n\n", 204, "", -1)]
    [InlineData("Content-Length: 12\nContent-Type: a/b\n\n", 200, "", 12)]
    [InlineData("Content-Length: 12\nContent-Length: 12\n\n", 200, "", 12)]
    [InlineData("Location: https://example.org/\n\n", 302, "", -1)]
    [InlineData("Status: 301\nLocation: /here\n\n", 301, "", -1)]
    [InlineData("Location: /here?a=b\n\n", 302, "/here?a=b", -1)]
    public void A_section_says_status_place_and_length(string section, int status, string local, long length)
    {
        (string? fault, CgiHead head, _) = Read(section);

        Assert.Null(fault);
        Assert.Equal((status, local, length), (head.Status, head.Location, head.ContentLength));
    }

    [Theory]
    [InlineData("Status: 404 Not here\n\n", false, "Not here")]
    [InlineData("Status: 404\n\n", false, "")]
    [InlineData("A: b\n\n", false, "")]
    [InlineData("HTTP/1.0 299  As it goes \r\n\r\n", true, "As it goes")]
    [InlineData("HTTP/1.0 299 a\u0001b\r\n\r\n", true, "")]
    public void Behind_the_status_stands_the_reason(string section, bool hasStatusLine, string reason) => Assert.Equal(reason, Read(section, hasStatusLine).Head.Reason);

    [Theory]
    [InlineData("\n")]
    [InlineData("no colon\n\n")]
    [InlineData(": no name\n\n")]
    [InlineData("A name: x\n\n")]
    [InlineData("X-A : x\n\n")]
    [InlineData(" folded: x\n\n")]
    [InlineData("Status: OK\n\n")]
    [InlineData("Status: 100\n\n")]
    [InlineData("Status: 2000\n\n")]
    [InlineData("Content-Length: -1\n\n")]
    [InlineData("Content-Length: 1x\n\n")]
    [InlineData("Content-Length: 1\nContent-Length: 2\n\n")]
    [InlineData("X-A: a\rSet-Cookie: b\n\n")]
    [InlineData("X-A: a\0b\n\n")]
    [InlineData("Location: /a\rX: b\n\n")]
    public void What_is_no_field_is_no_answer(string section) => Assert.NotNull(Read(section).Fault);

    [Fact]
    public void Fields_that_are_the_connections_are_the_servers_alone()
    {
        (string? fault, _, string fields) = Read("Content-Type: a/b\nTransfer-Encoding: chunked\nConnection: close\nX-A: 1\nSet-Cookie: a\nSet-Cookie: b\n\n");

        Assert.Null(fault);
        Assert.Equal(["Content-Type", "X-A", "Set-Cookie", "Set-Cookie"], fields.Split(' '));
    }

    [Fact]
    public void More_fields_than_the_limit_are_refused()
    {
        static string Section(int count) => string.Concat(Enumerable.Range(0, count).Select(static number => $"X-{number}: a\n")) + "\n";

        Assert.Null(Read(Section(CgiHead.MaximumFields)).Fault);
        Assert.NotNull(Read(Section(CgiHead.MaximumFields + 1)).Fault);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 200)]
    [InlineData("HTTP/1.0 404 Gone astray\nX-A: b\n\n", 404)]
    public void An_nph_script_begins_with_a_status_line(string section, int status)
    {
        (string? fault, CgiHead head, _) = Read(section, hasStatusLine: true);

        Assert.Null(fault);
        Assert.Equal(status, head.Status);
    }

    [Theory]
    [InlineData("Content-Type: a/b\n\n")]
    [InlineData("HTTP/1.1\n\n")]
    [InlineData("HTTP/1.1 20\n\n")]
    public void An_nph_script_without_one_is_no_answer(string section) => Assert.NotNull(Read(section, hasStatusLine: true).Fault);

    [Theory]
    [InlineData("A: b\n\nbody")]
    [InlineData("A: b\r\n\r\nbody")]
    [InlineData("A: b\r\nC: d\n\nbody\n\n")]
    public void The_end_is_found_with_its_last_byte_and_not_before(string output)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(output);
        int end = output.IndexOf("body", StringComparison.Ordinal);
        for (int count = 0; count <= bytes.Length; count++)
        {
            Assert.Equal(count < end ? -1 : end, CgiHead.LengthOf(bytes.AsSpan(0, count)));
        }
    }

    private static (string? Fault, CgiHead Head, string Names) Read(string section, bool hasStatusLine = false)
    {
        var fields = new FieldBuffer();
        string? fault = CgiHead.TryRead(Encoding.Latin1.GetBytes(section), hasStatusLine, 200, fields, out CgiHead head);
        return (fault, head, string.Join(' ', fields.Fields.ToArray().Select(field => Encoding.Latin1.GetString(fields.At(field.Name)))));
    }
}
