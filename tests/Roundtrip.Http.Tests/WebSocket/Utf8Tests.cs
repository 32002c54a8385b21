using System.Text;
using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Frames;

namespace Roundtrip.Http.Tests.WebSocket;

/// <summary>RFC 6455 section 8.1, RFC 3629: text is UTF-8, and what is not is told at the first byte that shows it.</summary>
public class Utf8Tests
{
    private static readonly string[] NoText =
    [
        "80", "bf", "8080", "c0", "c1", "c080", "c1bf", "e08080", "e09fbf", "f0808080", "f08fbfbf", "eda080", "edbfbf", "edaf80edb080", "f4908080", "f5", "f8888080", "fc8080", "fe", "ff",
        "c3", "e2", "e282", "f0", "f09f", "f09f98", "c328", "e228a1", "e28228", "f0288cbc", "f0902814", "f0908c28", "c3a9a9", "61c3", "cebae1bdb9cf83cebcceb5eda080656469746564",
    ];

    /// <summary>Sequences that no text has: bytes that begin nothing, overlong forms, surrogates, beyond U+10FFFF, and cut ones.</summary>
    public static byte[][] Invalid() => [.. NoText.Select(Convert.FromHexString)];

    public static TheoryData<string> Valid() =>
    [
        "", "a", "Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "\u0080", "\u07ff", "\u0800", "\uffff", "\ud7ff", "\ue000", "\ufffd", "\U00010000", "\U0010ffff", "😀😀😀", "a😀b", "ASCII that is longer than any vector, and then é",
    ];

    [Theory]
    [MemberData(nameof(Valid))]
    public void Text_comes_through_however_it_is_cut(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        string expected = $"Text {Encoding.Latin1.GetString(bytes)}".TrimEnd();
        Assert.Equal(expected, WebSocketFeeds.EveryWay(Frame.Text(text)).Events);

        // Also between fragments, wherever that cuts a character.
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            byte[] vector = [.. Frame.Of(Opcode.Text, bytes.AsSpan(0, cut), "-"), .. Frame.Ping("p"), .. Frame.Of(Opcode.Continuation, bytes.AsSpan(cut))];
            Assert.Equal("Ping p | " + expected, WebSocketFeeds.EveryWay(vector).Events);
        }
    }

    [Theory]
    [InlineData("ff", 1)]
    [InlineData("c0", 1)]
    [InlineData("f490", 2)]
    [InlineData("eda0", 2)]
    [InlineData("e09f", 2)]
    [InlineData("f08f", 2)]
    [InlineData("c328", 2)]
    [InlineData("cebae1bdb9cf83cebcceb5f490", 13)]
    public void It_fails_at_the_first_byte_that_shows_it(string hex, int after)
    {
        // The frame says that much more will come, and nothing of that has to.
        byte[] frame = Frame.Of(Opcode.Text, [.. Convert.FromHexString(hex), .. new byte[100]]);
        int header = frame.Length - 100 - (hex.Length / 2);
        var socket = new TestSocket();
        for (int i = 0; i < header + after; i++)
        {
            Assert.Empty(socket.Events);
            socket.Feed([frame[i]]);
        }

        Assert.Equal("closed 1006  WebSocketInvalidUtf8 1007", Assert.Single(socket.Events));
    }

    [Fact]
    public void Bytes_in_pieces_are_what_they_are_whole()
    {
        // Every one of the first two bytes, and what may follow, against .NET's own strict decoder.
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        var random = new Random(7);
        byte[] interesting = [0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff];
        byte[] text = new byte[6];
        for (int i = 0; i < 200_000; i++)
        {
            for (int j = 0; j < text.Length; j++)
            {
                text[j] = interesting[random.Next(interesting.Length)];
            }

            bool isValid = true;
            try
            {
                strict.GetCharCount(text);
            }
            catch (DecoderFallbackException)
            {
                isValid = false;
            }

            var stream = default(Utf8Stream);
            int cut = random.Next(7), other = random.Next(cut, 7);
            bool isGood = stream.Append(text.AsSpan(0, cut)) && stream.Append(text.AsSpan(cut, other - cut)) && stream.Append(text.AsSpan(other)) && stream.IsComplete;
            Assert.True(isValid == isGood, Convert.ToHexString(text) + $" {cut} {other}");
        }
    }

    [Fact]
    public void Bytes_of_a_binary_message_are_any() =>
        Assert.Equal("Binary \u00ff\u00c0", WebSocketFeeds.EveryWay(Frame.Binary([0xff, 0xc0])).Events);
}
