using System.Text;
using Roundtrip.Live.Carriers;
using Roundtrip.Live.Log;
using Roundtrip.Live.Subscribing;

namespace Roundtrip.Live.Tests;

public class CarrierTests
{
    [Fact]
    public void A_form_is_a_draft()
    {
        LiveDraft? draft = PublishForm.TryRead("topic=a%2Fb&topic=c&data=h%C3%A9+llo%0Ax&private=on&id=urn:1&type=chat&retry=500&key=k&close"u8, out string fault);

        Assert.Equal("", fault);
        Assert.Equal(["a/b", "c"], draft!.Topics);
        Assert.Equal("hé llo\nx", Encoding.UTF8.GetString(draft.Data.Span));
        Assert.Equal((true, "urn:1", "chat", 500L, "k", true), (draft.IsPrivate, draft.Id, draft.Type, draft.Retry, draft.Key, draft.IsClose));
    }

    [Theory]
    [InlineData("data=x", "topic")]
    [InlineData("topic=", "topic")]
    [InlineData("topic=*", "topic")]
    [InlineData("topic=a%0Ab", "topic")]
    [InlineData("topic=a&id=%23x", "id begins with #")]
    [InlineData("topic=a&id=CLOSE", "CLOSE")]
    [InlineData("topic=a&id=a%0Ab", "id")]
    [InlineData("topic=a&type=a%0Db", "type")]
    [InlineData("topic=a&type=gap", "gap")]
    [InlineData("topic=a&type=binary", "binary")]
    [InlineData("topic=a&retry=x", "retry")]
    [InlineData("topic=a&retry=-1", "retry")]
    [InlineData("topic=%FF", "UTF-8")]
    [InlineData("topic=%4", "UTF-8")]
    [InlineData("topic=%zz", "UTF-8")]
    public void What_is_no_publication_says_why(string form, string word)
    {
        Assert.Null(PublishForm.TryRead(Encoding.ASCII.GetBytes(form), out string fault));
        Assert.Contains(word, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_in_JSON_has_what_a_client_needs()
    {
        LiveMessage text = Drafts.Log().Append(Drafts.Of("a", "\"é\n", id: "x"), 0, out _);
        LiveMessage bytes = Drafts.Log().Append(new LiveDraft { Topics = ["a", "b"], Data = new byte[] { 1, 2, 3 }, IsBinary = true, Type = "t", IsClose = true }, 0, out _);

        Assert.Equal("""{"op":"message","id":"x","topics":["a"],"data":"\"é\n"}""", Encoding.UTF8.GetString(LiveJson.Message(text)));
        Assert.Equal("""{"op":"message","id":"#e1/0","topics":["a","b"],"type":"t","close":true,"base64":"AQID"}""", Encoding.UTF8.GetString(LiveJson.Message(bytes)));
    }

    [Fact]
    public void A_poll_is_answered_with_what_there_is_up_to_its_limits()
    {
        LiveLog log = Drafts.Log(count: 3);
        for (int i = 0; i < 5; i++)
        {
            log.Append(Drafts.Of("a", $"{i}"), 0, out _);
        }

        var answer = new PollAnswer();
        answer.Take(log.Subscriber(Drafts.In("a"), "#e1/0"), "#e1/0", maximum: 2, maximumBytes: 1000);
        Assert.Equal(
            """{"last":"#e1/3","gap":{"after":"#e1/0","before":"#e1/2","count":1,"reason":"expired"},"more":true,"messages":[{"op":"message","id":"#e1/2","topics":["a"],"data":"2"},{"op":"message","id":"#e1/3","topics":["a"],"data":"3"}]}""",
            Encoding.UTF8.GetString(answer.ToJson()));

        var rest = new PollAnswer();
        Subscriber subscriber = log.Subscriber(Drafts.In("a"), answer.Last);
        rest.Take(subscriber, answer.Last, 2, 1000);
        Assert.Equal((1, false, false), (rest.Count, rest.HasMore, rest.IsEmpty));

        var nothing = new PollAnswer();
        nothing.Take(subscriber, rest.Last, 2, 1000);
        Assert.True(nothing.IsEmpty);
        Assert.Equal("""{"last":"#e1/4","messages":[]}""", Encoding.UTF8.GetString(nothing.ToJson()));
    }

    [Fact]
    public void A_message_is_encoded_once_for_all()
    {
        int times = 0;
        LiveMessage message = Drafts.Log().Append(Drafts.Of("a", "x"), 0, out _);
        string Make(LiveMessage one) => $"{one.Id}{times++}";

        string first = message.Form(EncodedForms.ServerSentEvent, Make);
        Assert.Same(first, message.Form(EncodedForms.ServerSentEvent, Make));
        Assert.Equal(1, times);
    }

    [Fact]
    public void Commands_are_read()
    {
        LiveCommand subscribe = Read("""{"op":"subscribe","sub":3,"topics":["a","/b/{c}"],"since":"x"}""")!;
        Assert.Equal((LiveCommandKind.Subscribe, 3L, "x"), (subscribe.Kind, subscribe.Reference, subscribe.Since));
        Assert.Equal(["a", "/b/{c}"], subscribe.Topics.Select(topic => topic.Text));

        LiveCommand publish = Read("""{"op":"publish","ref":4,"topics":["a"],"data":"text","private":true,"close":false}""")!;
        Assert.Equal((LiveCommandKind.Publish, 4L, true, false, false), (publish.Kind, publish.Reference, publish.Draft!.IsPrivate, publish.Draft.IsClose, publish.Draft.IsBinary));
        Assert.Equal("text", Encoding.UTF8.GetString(publish.Draft.Data.Span));

        Assert.Equal("t", Read("""{"op":"token","token":"t"}""")!.Token);
        Assert.Equal(5, Read("""{"op":"unsubscribe","sub":5}""")!.Reference);
    }

    [Fact]
    public void The_binary_form_has_the_content_behind_the_head()
    {
        byte[] head = """{"op":"publish","topics":["a"]}"""u8.ToArray();
        LiveCommand? command = LiveCommand.TryRead((byte[])[0, 0, 0, (byte)head.Length, .. head, 0, 255, 7], isBinary: true, out string fault);

        Assert.Equal("", fault);
        Assert.True(command!.Draft!.IsBinary);
        Assert.Equal([0, 255, 7], command.Draft.Data.ToArray());
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("{}", "op")]
    [InlineData("""{"op":"dance"}""", "op")]
    [InlineData("""{"op":"subscribe","topics":[]}""", "topics")]
    [InlineData("""{"op":"subscribe","topics":[1]}""", "topic")]
    [InlineData("""{"op":"subscribe","topics":["a"],"sub":-1}""", "sub")]
    [InlineData("""{"op":"subscribe","topics":["a"],"sub":"x"}""", "sub")]
    [InlineData("""{"op":"publish"}""", "topic")]
    [InlineData("""{"op":"publish","topic":"a","id":"#x"}""", "id")]
    [InlineData("""{"op":"publish","topic":"a","data":"\ud800"}""", "surrogate")]
    [InlineData("""{"op":"token"}""", "token")]
    [InlineData("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}""", "JSON")]
    public void What_is_no_command_says_why(string text, string word)
    {
        Assert.Null(LiveCommand.TryRead(Encoding.UTF8.GetBytes(text), isBinary: false, out string fault));
        Assert.Contains(word, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 5, 1 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 1 })]
    public void A_binary_message_without_its_head_is_refused(byte[] message) => Assert.Null(LiveCommand.TryRead(message, isBinary: true, out _));

    private static LiveCommand? Read(string text) => LiveCommand.TryRead(Encoding.UTF8.GetBytes(text), isBinary: false, out _);
}
