using Roundtrip.Core;

namespace Roundtrip.Http.Tests.Http1;

/// <summary>CL.TE, TE.CL, TE.0, CL.CL and TE.TE: whatever two framing fields say, and in whatever order, no recipient is left to choose between them.</summary>
public class FramingPairTests
{
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: b\r\n\r\n";

    // Each is a framing field on its own, or is to some recipient.
    private static readonly string[] Lengths = ["Content-Length: 0", "Content-Length: 5", $"content-length: {5 + Smuggled.Length}", "Content-Length:\t00"];

    private static readonly string[] Codings =
        ["Transfer-Encoding: chunked", "transfer-encoding:CHUNKED", "Transfer-Encoding: \tchunked\t", "Transfer-Encoding: identity", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, identity"];

    private static readonly string[] Malformed =
        ["Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked", "X: y\r\n Transfer-Encoding: chunked", "Transfer-Encoding: \x0b" + "chunked", "Content-Length : 5", "X: y\r\n\tContent-Length: 5", "X: y\nContent-Length: 5",
         "X: y\rTransfer-Encoding: chunked"];

    [Theory]
    [InlineData("GET", "HTTP/1.0")]
    [InlineData("GET", "HTTP/1.1")]
    [InlineData("POST", "HTTP/1.0")]
    [InlineData("POST", "HTTP/1.1")]
    public void Two_framing_fields_are_refused_and_nothing_behind_them_is_answered(string method, string version)
    {
        string[] all = [.. Lengths, .. Codings, .. Malformed];
        foreach ((string first, string second) in all.SelectMany(first => all.Select(second => (first, second))))
        {
            string head = $"{method} / {version}\r\nHost: a\r\nConnection: keep-alive\r\n{first}\r\nX-Between: x\r\n{second}\r\n\r\n";
            Feeds.Outcome outcome = Feeds.Run([$"{head}0\r\n\r\n{Smuggled}"]);

            Assert.True(outcome.Sent.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal) && outcome.Closing == ConnectionClose.Linger, $"{head}gave {outcome}");
            Assert.DoesNotContain("smuggled", outcome.Sent + outcome.Events, StringComparison.Ordinal);
            Assert.DoesNotContain("start", outcome.Events, StringComparison.Ordinal);
            Assert.Contains(outcome.ClosingReason, ReasonsFor(first, second, version));
        }
    }

    // What is malformed has a reason of its own, by what is wrong with it.
    private static string[] ReasonsFor(string first, string second, string version)
    {
        if (Malformed.Contains(first) || Malformed.Contains(second))
        {
            return [nameof(EndReason.WhitespaceBeforeColon), nameof(EndReason.ObsoleteLineFolding), nameof(EndReason.InvalidFieldValue), nameof(EndReason.BareLineFeed),
                nameof(EndReason.BareCarriageReturn)];
        }

        return (Lengths.Contains(first), Lengths.Contains(second)) switch
        {
            (true, true) => [nameof(EndReason.DifferingContentLength)],
            (false, false) => [version == "HTTP/1.0" ? nameof(EndReason.TransferEncodingInHttp10) : nameof(EndReason.InvalidTransferEncoding)],
            _ => [nameof(EndReason.ContentLengthWithTransferEncoding)],
        };
    }
}
