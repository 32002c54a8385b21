using System.Text;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;

namespace Roundtrip.Http.Tests;

public class EditedHeadTests
{
    [Fact]
    public void A_head_with_other_fields_keeps_its_line_and_leaves_the_original_alone()
    {
        RequestHead? edited = null;
        string original = "";
        var host = new TestHost(exchange =>
        {
            edited = exchange.Request.WithFields(("Host", "a"), ("Range", "bytes=0-0"), ("X", "\u00e9"));
            original = Encoding.Latin1.GetString(exchange.Request.Value(KnownField.IfNoneMatch));
            exchange.Respond(200, FieldBlock.Empty, 0);
            exchange.Complete();
        });

        host.Use(new Http1Connection(host, new Http1Resources(new Http2Resources()))).Feed("GET /p?q HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n");

        Assert.Equal("*", original);
        Assert.Equal((3, false, true), (edited!.FieldCount, edited.Has(KnownField.IfNoneMatch), edited.Has(KnownField.Range)));
        Assert.Equal(("/p", "q", "bytes=0-0"), (Text(edited.Path), Text(edited.Query), Text(edited.Value(KnownField.Range))));
        Assert.Throws<ArgumentException>(() => edited.WithFields(("X", "a\r\nb")));
    }

    [Fact]
    public void The_server_calls_itself_as_its_host_says()
    {
        var host = new TestHost(exchange =>
        {
            exchange.DoNotPersist();
            exchange.Respond(200, FieldBlock.Empty, 0);
            exchange.Complete();
        })
        { StatusLines = new StatusLines("Other/1 (Unix)") };

        host.Use(new Http1Connection(host, new Http1Resources(new Http2Resources()))).Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\nServer: Other/1 (Unix)\r\nDate: ", host.Sent, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", host.Sent, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new StatusLines("a\r\nb"));
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
