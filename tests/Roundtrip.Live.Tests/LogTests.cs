using Roundtrip.Live.Log;

namespace Roundtrip.Live.Tests;

public class LogTests
{
    [Fact]
    public void A_message_without_an_id_is_known_by_its_position()
    {
        LiveLog log = Drafts.Log();
        Assert.Equal("#e1/0", log.Append(Drafts.Of("a"), 0, out _).Id);
        Assert.Equal("urn:x", log.Append(Drafts.Of("a", id: "urn:x"), 0, out _).Id);
        Assert.Equal("#e1/2", log.Append(Drafts.Of("b"), 0, out _).Id);
        Assert.Equal("#e1/2", log.LastId);
    }

    [Fact]
    public void An_id_that_the_log_still_has_is_not_stored_again()
    {
        LiveLog log = Drafts.Log();
        LiveMessage first = log.Append(Drafts.Of("a", id: "x"), 0, out bool isNew);
        Assert.True(isNew);
        Assert.Same(first, log.Append(Drafts.Of("a", "other", id: "x"), 0, out isNew));
        Assert.False(isNew);
        Assert.Equal(1, log.Next);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("earliest", "#e1/0 x #e1/2")]
    [InlineData("#e1/0", "x #e1/2")]
    [InlineData("x", "#e1/2")]
    [InlineData("#e1/1", "#e1/2")]
    [InlineData("#e1/2", "")]
    [InlineData("#e1/3", "gap #e1/3 #e1/0 -1 UnknownId;#e1/0 x #e1/2")]
    [InlineData("#e0/2", "gap #e0/2 #e1/0 -1 NewEpoch;#e1/0 x #e1/2")]
    [InlineData("what", "gap what #e1/0 -1 UnknownId;#e1/0 x #e1/2")]
    [InlineData("", "gap  #e1/0 -1 UnknownId;#e1/0 x #e1/2")]
    public void Who_comes_back_goes_on_behind_what_it_has_and_is_told_what_it_missed(string? lastId, string expected)
    {
        LiveLog log = Drafts.Log();
        log.Append(Drafts.Of("a"), 0, out _);
        log.Append(Drafts.Of("a", id: "x"), 0, out _);
        log.Append(Drafts.Of("a"), 0, out _);

        List<string> got = log.Subscriber(Drafts.In("a"), lastId).Take();

        Assert.Equal(expected, string.Join(' ', got).Replace("UnknownId ", "UnknownId;", StringComparison.Ordinal).Replace("NewEpoch ", "NewEpoch;", StringComparison.Ordinal));
    }

    [Fact]
    public void A_private_messages_own_id_is_told_to_nobody_as_a_place()
    {
        LiveLog log = Drafts.Log(2);
        foreach (string id in (string[])["urn:1", "urn:2", "urn:3"])
        {
            log.Append(Drafts.Of("a", id: id, isPrivate: true), 0, out _);
        }

        Assert.Equal("#e1/2", log.LastId);
        Assert.Equal(["gap unknown #e1/1 -1 UnknownId"], log.Subscriber(Drafts.In("other"), "unknown").Take());

        // Who has it goes on behind it, by either.
        Assert.Equal((2, 2), (log.Resume("urn:2").Offset, log.Resume("#e1/1").Offset));
    }

    // The id of who came before the log was known.
    [Theory]
    [InlineData(0, "#e1/0 #e1/1 #e1/2 #e1/3")]
    [InlineData(20, "#e1/1 #e1/2 #e1/3")]
    [InlineData(21, "#e1/3")]
    [InlineData(30, "#e1/3")]
    [InlineData(31, "")]
    [InlineData(long.MaxValue, "")]
    public void Who_comes_with_a_time_goes_on_behind_what_was_stored_before_it(long time, string expected)
    {
        LiveLog log = Drafts.Log();
        foreach (long at in (long[])[10, 20, 20, 30])
        {
            log.Append(Drafts.Of("a"), at, out _);
        }

        Assert.Equal(expected, string.Join(' ', log.Subscriber(Drafts.In("a"), LivePosition.OfTime(time).ToString()).Take()));
    }

    [Theory]
    [InlineData(2, 20, "gap #@/20 #e1/2 -1 Expired #e1/2 #e1/3")]
    [InlineData(2, 21, "#e1/2 #e1/3")]
    [InlineData(0, 30, "gap #@/30  -1 Expired")]
    [InlineData(0, 31, "")]
    public void What_the_history_has_no_more_of_a_time_is_a_gap(int count, long time, string expected)
    {
        LiveLog log = Drafts.Log(count);
        foreach (long at in (long[])[10, 20, 25, 30])
        {
            log.Append(Drafts.Of("a"), at, out _);
        }

        Assert.Equal(expected, string.Join(' ', log.Subscriber(Drafts.In("a"), LivePosition.OfTime(time).ToString()).Take()));
    }

    [Fact]
    public void What_was_before_the_beginning_of_a_log_may_be_of_any_time()
    {
        var log = new LiveLog("e1", HistoryLimit.Default, first: 7);
        Assert.Equal(["gap #@/20  -1 Expired"], log.Subscriber(Drafts.In("a"), "#@/20").Take());
        log.Add(new LiveMessage(Drafts.Of("a"), new LivePosition("e1", 7), 10), 10);
        Assert.Equal([], log.Subscriber(Drafts.In("a"), "#@/20").Take());
        Assert.Equal(["gap #@/10 #e1/7 -1 Expired", "#e1/7"], log.Subscriber(Drafts.In("a"), "#@/10").Take());
    }

    [Fact]
    public void What_the_history_has_no_more_is_a_gap_with_its_length()
    {
        LiveLog log = Drafts.Log(count: 2);
        for (int i = 0; i < 5; i++)
        {
            log.Append(Drafts.Of("a"), 0, out _);
        }

        Assert.Equal(["gap #e1/0 #e1/3 2 Expired", "#e1/3", "#e1/4"], log.Subscriber(Drafts.In("a"), "#e1/0").Take());
        Assert.Equal(["#e1/3", "#e1/4"], log.Subscriber(Drafts.In("a"), "#e1/2").Take());
    }

    [Fact]
    public void A_publishers_id_that_has_expired_is_unknown()
    {
        LiveLog log = Drafts.Log(count: 1);
        log.Append(Drafts.Of("a", id: "x"), 0, out _);
        log.Append(Drafts.Of("a"), 0, out _);

        Assert.Equal(["gap x #e1/1 -1 UnknownId", "#e1/1"], log.Subscriber(Drafts.In("a"), "x").Take());
    }

    [Fact]
    public void Messages_are_forgotten_by_count_age_and_bytes()
    {
        LiveLog byAge = Drafts.Log(age: 1000);
        byAge.Append(Drafts.Of("a"), 0, out _);
        byAge.Append(Drafts.Of("a"), 900, out _);
        byAge.Expire(1500);
        Assert.Equal((1, 2), (byAge.First, byAge.Next));
        byAge.Expire(5000);
        Assert.Equal((2, 2), (byAge.First, byAge.Next));
        Assert.Equal("#e1/1", byAge.LastId);
        Assert.Equal("#e1/1", byAge.IdBefore(2));

        var byBytes = new LiveLog("e", new HistoryLimit(100, long.MaxValue, 10_000));
        for (int i = 0; i < 5; i++)
        {
            byBytes.Append(Drafts.Of("a", new string('x', 4000)), 0, out _);
        }

        Assert.Equal(2, byBytes.Next - byBytes.First);
    }

    [Fact]
    public void A_log_that_keeps_nothing_still_gives_places()
    {
        LiveLog log = Drafts.Log(count: 0);
        Assert.Equal("#e1/0", log.Append(Drafts.Of("a"), 0, out _).Id);
        Assert.Equal((1, 1), (log.First, log.Next));
    }

    [Theory]
    [InlineData("#e/5", true)]
    [InlineData("#e/x/5", true)]
    [InlineData("#/5", false)]
    [InlineData("e/5", false)]
    [InlineData("#e/-5", false)]
    [InlineData("#e/+5", false)]
    [InlineData("#e/ 5", false)]
    [InlineData("#e/", false)]
    [InlineData("#e", false)]
    [InlineData("#e/99999999999999999999", false)]
    public void A_position_is_read_as_it_is_written(string text, bool isOne)
    {
        Assert.Equal(isOne, LivePosition.TryParse(text, out LivePosition position));
        Assert.True(!isOne || position.ToString() == text);
    }
}
