using System.Text;
using Roundtrip.Site.Wsgi.Protocol;

namespace Roundtrip.Site.Tests.Wsgi;

/// <summary>The frames of a worker's answer, read in whatever pieces they come.</summary>
public sealed class ResponseReaderTests
{
    private const int MaximumHead = 100;

    [Fact]
    public void Frames_are_read_whole_and_split_at_each_index_and_byte_by_byte_alike()
    {
        byte[] answer =
        [
            .. Frame('C', 0, 7, [1, 0, 4, 0]), .. Frame('H', 0, 7, "Link\0</a>"u8), .. Head(0, 7, "200 OK\0A\0b", "cont"), .. Frame('D', 0, 7, "ent"u8), .. Frame('D', 0, 7, []),
            .. Frame('F', 0, 7, [3, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]), .. Frame('E', 0, 7, []),
        ];
        const string Expected = "credit 262145|hints Link,</a>|head 200 OK,A,b|content|file 3+9|end";

        Assert.Equal(Expected, Read([answer]));
        for (int i = 1; i < answer.Length; i++)
        {
            Assert.Equal(Expected, Read([answer[..i], answer[i..]]));
        }

        Assert.Equal(Expected, Read([.. answer.Select(b => new[] { b })]));
    }

    [Fact]
    public void A_single_frame_may_be_all_of_a_response()
    {
        Assert.Equal("head 200 OK (all, 2)|hi|end", Read([Head(1, 7, "200 OK", "hi")]));
        Assert.Equal("head 204 No (all, 0)|end", Read([Head(1, 7, "204 No", "")]));
        Assert.Equal("head 200 OK|hi|end", Read([[.. Head(0, 7, "200 OK", ""), .. Frame('D', 1, 7, "hi"u8)]]));
    }

    [Fact]
    public void Content_in_memory_is_told_with_its_length_and_in_order()
    {
        byte[] answer =
        [
            .. Head(0, 7, "200 OK", "a"), .. Frame('S', 0, 7, [0, 0, 4, 0]), .. Frame('D', 0, 7, "b"u8), .. Frame('S', 0, 7, [0, 0, 0, 0]), .. Frame('S', 1, 7, [9, 0, 0, 0]),
        ];
        const string Expected = "head 200 OK|a|shared 262144|b|shared 9|end";

        Assert.Equal(Expected, Read([answer]));
        Assert.Equal(Expected, Read([.. answer.Select(b => new[] { b })]));
    }

    [Fact]
    public void A_failed_response_says_so() => Assert.Equal("head 200 OK|failed", Read([[.. Head(0, 7, "200 OK", ""), .. Frame('E', 2, 7, [])]]));

    [Fact]
    public void What_the_request_before_still_asks_for_is_dropped() =>
        Assert.Equal("head 200 OK (all, 0)|end", Read([[.. Frame('C', 0, 6, [1, 0, 0, 0]), .. Head(1, 7, "200 OK", "")]]));

    public static TheoryData<string, byte[]> Faults() => new()
    {
        { "no known kind", Frame('X', 0, 7, []) },
        { "another request", Head(1, 8, "200 OK", "") },
        { "another request", Head(1, 6, "200 OK", "") },
        { "another request", Frame('C', 0, 8, [1, 0, 0, 0]) },
        { "of a stream", [.. Frame('E', 0, 7, [])[..2], 1, 0, .. Frame('E', 0, 7, [])[4..]] },
        { "a second response", [.. Head(0, 7, "200 OK", ""), .. Head(1, 7, "200 OK", "")] },
        { "content before", Frame('D', 0, 7, "x"u8) },
        { "content before", Frame('S', 0, 7, [1, 0, 0, 0]) },
        { "memory without", [.. Head(0, 7, "200 OK", ""), .. Frame('S', 0, 7, [1, 0, 0])] },
        { "its ring has room", [.. Head(0, 7, "200 OK", ""), .. Frame('S', 0, 7, [.. BitConverter.GetBytes(SharedLayout.RingSize + 1)])] },
        { "its ring has room", [.. Head(0, 7, "200 OK", ""), .. Frame('S', 0, 7, [0, 0, 0, 0x80])] },
        { "a file before", Frame('F', 0, 7, new byte[16]) },
        { "an end without", Frame('E', 0, 7, []) },
        { "an end with a payload", [.. Head(0, 7, "200 OK", ""), .. Frame('E', 0, 7, "x"u8)] },
        { "a file's frame", [.. Head(0, 7, "200 OK", ""), .. Frame('F', 0, 7, new byte[15])] },
        { "that none can have", [.. Head(0, 7, "200 OK", ""), .. Frame('F', 0, 7, [.. new byte[15], 0x80])] },
        { "behind the final", [.. Head(0, 7, "200 OK", ""), .. Frame('H', 0, 7, "a\0b"u8)] },
        { "too long", Frame('H', 0, 7, new byte[MaximumHead + 1]) },
        { "more than 100", Head(1, 7, new string('a', MaximumHead + 1), "") },
        { "without the length", Frame('R', 0, 7, "abc"u8) },
        { "longer than its frame", Frame('R', 0, 7, [5, 0, 0, 0, .. "abcd"u8]) },
        { "credit of a wrong length", Frame('C', 0, 7, [1, 0, 0]) },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_is_no_answer_is_a_fault(string reason, byte[] answer)
    {
        Assert.Contains($"fault", Read([answer]), StringComparison.Ordinal);
        Assert.Contains(reason, Read([.. answer.Select(b => new[] { b })]), StringComparison.Ordinal);
    }

    // What is read, contents joined. Bytes that are not used are given again, as the contract has it.
    private static string Read(IEnumerable<byte[]> pieces)
    {
        var reader = new ResponseReader(MaximumHead);
        reader.Begin(7);
        var said = new List<string>();
        var content = new StringBuilder();
        byte[] have = [];
        foreach (byte[] piece in pieces)
        {
            have = [.. have, .. piece];
            while (!reader.HasEnded)
            {
                ResponseStep step = reader.Next(have, out int used);
                string text = step is ResponseStep.Head or ResponseStep.Hints ? Encoding.Latin1.GetString(have[reader.Text]).Replace('\0', ',') : "";
                if (step == ResponseStep.Content)
                {
                    content.Append(Encoding.Latin1.GetString(have, used, reader.Available));
                    reader.Took(reader.Available);
                    used += reader.Available;
                }

                int shared = reader.SharedLeft;
                if (step == ResponseStep.Shared)
                {
                    reader.TookShared(shared);
                }

                have = have[used..];
                if (step == ResponseStep.NeedMore)
                {
                    break;
                }

                if (step != ResponseStep.Content && content.Length > 0)
                {
                    said.Add(content.ToString());
                    content.Clear();
                }

                string? event_ = step switch
                {
                    ResponseStep.Head => $"head {text}" + (reader.IsAllHere ? $" (all, {reader.ContentLeft})" : ""),
                    ResponseStep.Hints => $"hints {text}",
                    ResponseStep.Shared => $"shared {shared}",
                    ResponseStep.File => $"file {reader.Stretch.Offset}+{reader.Stretch.Length}",
                    ResponseStep.Credit => $"credit {reader.Credit}",
                    ResponseStep.End => "end",
                    ResponseStep.Failed => "failed",
                    ResponseStep.Fault => $"fault {reader.Fault}",
                    _ => null,
                };
                if (event_ is not null)
                {
                    said.Add(event_);
                }
            }
        }

        return string.Join('|', said);
    }

    private static byte[] Head(byte flags, long request, string head, string content) =>
        Frame('R', flags, request, [.. BitConverter.GetBytes(head.Length), .. Encoding.Latin1.GetBytes(head), .. Encoding.Latin1.GetBytes(content)]);

    private static byte[] Frame(char kind, byte flags, long request, ReadOnlySpan<byte> payload)
    {
        byte[] header = new byte[FrameHeader.Size];
        new FrameHeader((FrameKind)kind, flags, 0, (uint)payload.Length, request).Write(header);
        return [.. header, .. payload];
    }
}
