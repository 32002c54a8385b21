using Roundtrip.Core;

namespace Roundtrip.Http.Tests.Http1;

/// <summary>Requests that must be refused, each with its reason and status.</summary>
public static class RefusalVectors
{
    /// <summary>Small limits, so that going over them takes few bytes.</summary>
    public static readonly HttpLimits Limits = new()
    {
        RequestLine = 60,
        RequestFieldSize = 70,
        RequestFields = 4,
        RequestHead = 200,
        RequestBody = 100,
    };

    public static TheoryData<EndReason, int, string> All()
    {
        var data = new TheoryData<EndReason, int, string>();
        RequestLines(data);
        Fields(data);
        Hosts(data);
        Framing(data);
        Chunks(data);
        OverLimits(data);
        return data;
    }

    private static void RequestLines(TheoryData<EndReason, int, string> data)
    {
        void Line(EndReason reason, int status, string line) => data.Add(reason, status, line + "\r\nHost: a\r\n\r\n");

        Line(EndReason.InvalidRequestLine, 400, "GET");
        Line(EndReason.InvalidRequestLine, 400, " GET / HTTP/1.1");
        Line(EndReason.InvalidRequestLine, 400, "GET  / HTTP/1.1");
        Line(EndReason.InvalidRequestLine, 400, "GET /  HTTP/1.1");
        Line(EndReason.InvalidRequestLine, 400, "GET / HTTP/1.1 ");
        Line(EndReason.InvalidRequestLine, 400, "GET /a b HTTP/1.1");
        Line(EndReason.InvalidRequestLine, 400, "POST /");
        Line(EndReason.InvalidRequestLine, 400, "GET ");
        Line(EndReason.InvalidRequestLine, 400, "\r\n\r\nGET / HTTP/1.1");
        Line(EndReason.InvalidMethod, 400, "G(T / HTTP/1.1");
        Line(EndReason.InvalidMethod, 400, "G\tT / HTTP/1.1");
        Line(EndReason.InvalidMethod, 400, "G\xe9T / HTTP/1.1");
        Line(EndReason.InvalidMethod, 400, "G\0T / HTTP/1.1");
        Line(EndReason.InvalidMethod, 400, "\x16\x03\x01");
        Line(EndReason.InvalidTarget, 400, "GET /\0 HTTP/1.1");
        Line(EndReason.InvalidTarget, 400, "GET /\t HTTP/1.1");
        Line(EndReason.InvalidTarget, 400, "GET /\x7f HTTP/1.1");
        Line(EndReason.InvalidTarget, 400, "GET /\xc3\xa9 HTTP/1.1");
        Line(EndReason.InvalidTarget, 400, "GET /#fragment HTTP/1.1");
        Line(EndReason.InvalidTarget, 400, "GET path HTTP/1.1");
        Line(EndReason.InvalidTarget, 400, "GET * HTTP/1.1");
        Line(EndReason.InvalidTarget, 400, "GET example.org:80 HTTP/1.1");
        Line(EndReason.InvalidTarget, 400, "GET ftp://example.org/ HTTP/1.1");
        Line(EndReason.InvalidTarget, 400, "GET http:/// HTTP/1.1");
        Line(EndReason.InvalidTarget, 400, "GET http://user@example.org/ HTTP/1.1");
        Line(EndReason.InvalidTarget, 400, "GET http://a:b/ HTTP/1.1");
        Line(EndReason.InvalidTarget, 400, "CONNECT / HTTP/1.1");
        Line(EndReason.InvalidTarget, 400, "CONNECT example.org HTTP/1.1");
        Line(EndReason.ConnectNotSupported, 501, "CONNECT example.org:443 HTTP/1.1");
        Line(EndReason.InvalidVersion, 400, "GET / HTTP/1");
        Line(EndReason.InvalidVersion, 400, "GET / HTTP/1.");
        Line(EndReason.InvalidVersion, 400, "GET / HTTP/11.1");
        Line(EndReason.InvalidVersion, 400, "GET / HTTP/1.10");
        Line(EndReason.InvalidVersion, 400, "GET / http/1.1");
        Line(EndReason.InvalidVersion, 400, "GET / HTTP/1,1");
        Line(EndReason.InvalidVersion, 400, "GET / ICY/1.1");
        Line(EndReason.InvalidVersion, 400, "GET / ");
        Line(EndReason.UnsupportedVersion, 505, "GET / HTTP/2.0");
        Line(EndReason.UnsupportedVersion, 505, "GET / HTTP/0.9");
        Line(EndReason.UnsupportedVersion, 505, "PRI * HTTP/2.0");
        Line(EndReason.MisdirectedRequest, 421, "GET https://a/ HTTP/1.1");
        data.Add(EndReason.Http09NotAllowed, 400, "GET /\r\n");
        data.Add(EndReason.BareLineFeed, 400, "GET / HTTP/1.1\nHost: a\r\n\r\n");
        data.Add(EndReason.BareLineFeed, 400, "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        data.Add(EndReason.BareCarriageReturn, 400, "GET / HTTP/1.1\rHost: a\r\n\r\n");
        data.Add(EndReason.BareCarriageReturn, 400, "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n");
        data.Add(EndReason.BareCarriageReturn, 400, "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    private static void Fields(TheoryData<EndReason, int, string> data)
    {
        void Field(EndReason reason, string lines) => data.Add(reason, 400, "GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n\r\n");

        Field(EndReason.WhitespaceBeforeColon, "Name : value");
        Field(EndReason.WhitespaceBeforeColon, "Content-Length\t: 5");
        Field(EndReason.ObsoleteLineFolding, "Name: one\r\n two");
        Field(EndReason.ObsoleteLineFolding, "Transfer-Encoding:\r\n chunked");
        Field(EndReason.ObsoleteLineFolding, "Name: one\r\n\t");
        Field(EndReason.InvalidFieldName, ": value");
        Field(EndReason.InvalidFieldName, "Na me: value");
        Field(EndReason.InvalidFieldName, "Na\0me: value");
        Field(EndReason.InvalidFieldName, "N\xe4me: value");
        Field(EndReason.InvalidFieldName, "(Name): value");
        Field(EndReason.InvalidFieldValue, "Name: va\0lue");
        Field(EndReason.InvalidFieldValue, "Name: va\x1blue");
        Field(EndReason.InvalidFieldValue, "Name: va\x7flue");
        Field(EndReason.MissingColon, "Name");
        Field(EndReason.MissingColon, "Name value");
        Field(EndReason.BareLineFeed, "Name: value\nOther: value");
        Field(EndReason.BareLineFeed, "Name: value\r\n\nOther: value");
        Field(EndReason.BareCarriageReturn, "Name: value\rOther: value");
        Field(EndReason.BareCarriageReturn, "Name: value\r\r");
        data.Add(EndReason.WhitespaceBeforeFirstField, 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n");
        data.Add(EndReason.WhitespaceBeforeFirstField, 400, "GET / HTTP/1.1\r\n\tHost: a\r\n\r\n");
        data.Add(EndReason.BareLineFeed, 400, "GET / HTTP/1.1\r\nHost: a\r\n\n");
        data.Add(EndReason.BareCarriageReturn, 400, "GET / HTTP/1.1\r\nHost: a\r\n\rx");
    }

    private static void Hosts(TheoryData<EndReason, int, string> data)
    {
        data.Add(EndReason.MissingHost, 400, "GET / HTTP/1.1\r\n\r\n");
        data.Add(EndReason.MissingHost, 400, "GET http://a/ HTTP/1.1\r\n\r\n");
        data.Add(EndReason.DuplicateHost, 400, "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n");
        data.Add(EndReason.DuplicateHost, 400, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n");
        foreach (string host in (string[])
                 ["", "a b", "a,b c", "a/b", "a:b", "a:80:80", "a:99999", ":80", "a@b", "[::1", "[::g]", "[1:2]", "[]", "[::1]x", "%zz", "a\xe9",
                  "[1:2:3:4:5:6:7:8:9]", "[::1::]", "[::1.2.3.256]", "a\\b", "a#b"])
        {
            data.Add(EndReason.InvalidHost, 400, $"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        }
    }

    private static void Framing(TheoryData<EndReason, int, string> data)
    {
        void Fields(EndReason reason, int status, string lines) =>
            data.Add(reason, status, "POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n\r\n");

        foreach (string length in (string[])["", "-1", "+5", "5 5", "0x5", "5a", "5;", "9223372036854775808", "99999999999999999999", "\xb2"])
        {
            Fields(EndReason.InvalidContentLength, 400, $"Content-Length: {length}");
        }

        Fields(EndReason.DifferingContentLength, 400, "Content-Length: 5\r\nContent-Length: 5");
        Fields(EndReason.DifferingContentLength, 400, "Content-Length: 5\r\ncontent-length: 6");
        Fields(EndReason.DifferingContentLength, 400, "Content-Length: 5, 5");
        Fields(EndReason.ContentLengthWithTransferEncoding, 400, "Content-Length: 5\r\nTransfer-Encoding: chunked");
        Fields(EndReason.ContentLengthWithTransferEncoding, 400, "Transfer-Encoding: chunked\r\nContent-Length: 0");
        Fields(EndReason.ContentLengthWithTransferEncoding, 400, "Transfer-Encoding: x\r\nContent-Length: 5");
        foreach (string coding in (string[])
                 ["", "identity", "gzip", "chunked, gzip", "chunked, chunked", "chunked,", ", chunked", "xchunked", "chunked;q=1", "\"chunked\"",
                  "chunked gzip", "gzip, chunked;a=b", "chunked, identity", "chunked\x0b"])
        {
            if (coding != "chunked\x0b")
            {
                Fields(EndReason.InvalidTransferEncoding, 400, $"Transfer-Encoding: {coding}");
            }
            else
            {
                Fields(EndReason.InvalidFieldValue, 400, $"Transfer-Encoding: {coding}");
            }
        }

        Fields(EndReason.InvalidTransferEncoding, 400, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked");
        Fields(EndReason.InvalidTransferEncoding, 400, "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked");
        Fields(EndReason.UnsupportedTransferCoding, 501, "Transfer-Encoding: gzip, chunked");
        Fields(EndReason.UnsupportedTransferCoding, 501, "Transfer-Encoding: foo;a=b, Chunked");
        data.Add(EndReason.TransferEncodingInHttp10, 400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n");
        foreach (string expectation in (string[])["100-continued", "200-ok", "100-continue, x", "100-continue;a", "\"100-continue\"", ""])
        {
            Fields(EndReason.InvalidExpectation, 417, $"Content-Length: 5\r\nExpect: {expectation}");
        }

        Fields(EndReason.InvalidExpectation, 417, "Expect: 100-continue\r\nExpect: 100-continue");
    }

    private static void Chunks(TheoryData<EndReason, int, string> data)
    {
        void Body(EndReason reason, int status, string body) =>
            data.Add(reason, status, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body);

        foreach (string size in (string[])["", "-1", "+5", "0x5", " 5", "g", "5 ", "5 x", "5\0", "8000000000000000", "10000000000000000", "5\x0b"])
        {
            Body(EndReason.InvalidChunkSize, 400, size + "\r\nhello\r\n0\r\n\r\n");
        }

        Body(EndReason.InvalidChunkSize, 400, "00000000000000005\r\nhello\r\n0\r\n\r\n");
        Body(EndReason.BareLineFeed, 400, "5\nhello\r\n0\r\n\r\n");
        Body(EndReason.BareLineFeed, 400, "\n5\r\nhello\r\n0\r\n\r\n");
        Body(EndReason.BareLineFeed, 400, "5;a\nhello\r\n0\r\n\r\n");
        Body(EndReason.BareCarriageReturn, 400, "5\rhello\r\n0\r\n\r\n");
        Body(EndReason.BareCarriageReturn, 400, "5;a\rb\r\nhello\r\n0\r\n\r\n");
        Body(EndReason.InvalidChunkExtension, 400, "5;a=\0\r\nhello\r\n0\r\n\r\n");
        Body(EndReason.InvalidChunkExtension, 400, "5;a=\x7f\r\nhello\r\n0\r\n\r\n");
        Body(EndReason.InvalidChunkEnd, 400, "5\r\nhello\n0\r\n\r\n");
        Body(EndReason.InvalidChunkEnd, 400, "5\r\nhello\r0\r\n\r\n");
        Body(EndReason.InvalidChunkEnd, 400, "5\r\nhello!\r\n0\r\n\r\n");
        Body(EndReason.InvalidChunkEnd, 400, "5\r\nhello0\r\n\r\n");
        Body(EndReason.BareLineFeed, 400, "0\r\n\n");
        Body(EndReason.BareLineFeed, 400, "0\r\nTrailer: a\n\r\n");
        Body(EndReason.BareCarriageReturn, 400, "0\r\n\rX");
        Body(EndReason.BareCarriageReturn, 400, "0\r\nTrailer: a\rb: c\r\n\r\n");
        Body(EndReason.BareCarriageReturn, 400, "0\r\nTra\riler: a\r\n\r\n");
        Body(EndReason.InvalidTrailer, 400, "0\r\nTrailer : a\r\n\r\n");
        Body(EndReason.InvalidTrailer, 400, "0\r\nTrailer: \0\r\n\r\n");
        Body(EndReason.InvalidTrailer, 400, "0\r\n folded\r\n\r\n");
    }

    private static void OverLimits(TheoryData<EndReason, int, string> data)
    {
        const string Head = "POST / HTTP/1.1\r\nHost: a\r\n";
        data.Add(EndReason.RequestLineTooLong, 414, $"GET /{new string('a', 60)} HTTP/1.1\r\nHost: a\r\n\r\n");
        data.Add(EndReason.FieldLineTooLong, 431, $"{Head}Name: {new string('a', 65)}\r\n\r\n");
        data.Add(EndReason.TooManyFields, 431, $"{Head}A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n");
        string field = new('a', 60);
        data.Add(EndReason.RequestHeadTooLarge, 431, $"{Head}A: {field}\r\nB: {field}\r\nC: {field}\r\n\r\n");
        data.Add(EndReason.RequestBodyTooLarge, 413, $"{Head}Content-Length: 101\r\n\r\n");
        data.Add(EndReason.RequestBodyTooLarge, 413, $"{Head}Transfer-Encoding: chunked\r\n\r\n65\r\n");
        data.Add(EndReason.RequestBodyTooLarge, 413, $"{Head}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n64\r\n");
        data.Add(EndReason.ChunkExtensionsTooLong, 413, $"{Head}Transfer-Encoding: chunked\r\n\r\n1;{new string('a', 8192)}\r\na\r\n0\r\n\r\n");
        data.Add(EndReason.TrailersTooLarge, 431, $"{Head}Transfer-Encoding: chunked\r\n\r\n0\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\n\r\n");
        data.Add(EndReason.TrailersTooLarge, 431, $"{Head}Transfer-Encoding: chunked\r\n\r\n0\r\nName: {new string('a', 65)}\r\n\r\n");
    }
}
