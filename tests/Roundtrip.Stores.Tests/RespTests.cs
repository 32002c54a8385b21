using System.Text;
using Roundtrip.Stores.Redis;

namespace Roundtrip.Stores.Tests;

public class RespTests
{
    [Fact]
    public void Replies_of_every_kind_are_read()
    {
        RespReader reader = Reading("+OK\r\n:-12\r\n-ERR no\r\n$-1\r\n*-1\r\n$0\r\n\r\n$4\r\na\r\nb\r\n*2\r\n*1\r\n:1\r\n$1\r\nx\r\n");

        Assert.Equal("OK", reader.Read().Text);
        Assert.Equal(-12, reader.Read().Number);
        Assert.True(reader.Read() is { IsError: true, Text: "ERR no" });
        Assert.True(reader.Read().IsNull);
        Assert.True(reader.Read().IsNull);
        Assert.Equal("", reader.Read().Text);
        Assert.Equal("a\r\nb", reader.Read().Text);
        RespValue array = reader.Read();
        Assert.Equal((1, "x"), (array[0][0].Number, array[1].Text));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$2147483647\r\n")]
    [InlineData("*2000000000\r\n")]
    [InlineData("$1\r\nab\r\n")]
    [InlineData("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n")]
    public void What_is_no_reply_is_said(string bytes) => Assert.Throws<RedisException>(() => Reading(bytes).Read());

    [Fact]
    public void A_line_without_an_end_is_not_read_for_ever() => Assert.Throws<RedisException>(() => Reading("+" + new string('x', 100_000)).Read());

    [Fact]
    public void A_length_alone_takes_no_memory()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<EndOfStreamException>(() => Reading("*1000000\r\n:1\r\n").Read());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void An_answer_of_another_shape_is_an_error_and_no_crash()
    {
        RespValue number = Reading(":1\r\n").Read();
        Assert.Throws<RedisException>(() => number[0]);
        Assert.Throws<RedisException>(() => Reading("+x\r\n").Read().Number);
        Assert.Throws<RedisException>(() => Reading("-READONLY\r\n").Read().Checked());
    }

    private static RespReader Reading(string bytes) => new(new MemoryStream(Encoding.UTF8.GetBytes(bytes)));
}
