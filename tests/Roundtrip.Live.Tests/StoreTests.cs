using CsCheck;
using Roundtrip.Live.Log;
using Roundtrip.Live.Stores;

namespace Roundtrip.Live.Tests;

public class StoreTests
{
    private static readonly Gen<LiveDraft> AnyDraft = Gen.Select(
        Gen.String[1, 10].Array[1, 4], Gen.Byte.Array[0, 50], Gen.Byte, Gen.String[0, 9], Gen.String[0, 5], Gen.Long,
        static (topics, data, flags, id, type, retry) => new LiveDraft
        {
            Topics = topics,
            Data = data,
            IsBinary = (flags & 1) != 0,
            IsPrivate = (flags & 2) != 0,
            IsClose = (flags & 8) != 0,
            Id = (flags & 16) != 0 ? id : null,
            Retry = (flags & 32) != 0 ? retry : null,
            Type = type,
            Key = id,
        });

    [Fact]
    public void A_draft_is_read_as_it_was_written() => AnyDraft.Sample(static draft =>
    {
        // What is no UTF-16 cannot have come by UTF-8.
        if (draft.Topics.Append(draft.Type).Append(draft.Key).Any(static text => text.Any(char.IsSurrogate)))
        {
            return;
        }

        LiveDraft read = StoredDraft.TryRead(StoredDraft.Write(draft))!;
        Assert.Equal(draft.Topics, read.Topics);
        Assert.Equal(draft.Data.ToArray(), read.Data.ToArray());
        Assert.Equal(draft with { Topics = read.Topics, Data = read.Data }, read);
    });

    [Fact]
    public void What_was_cut_or_changed_is_no_draft_or_another_and_never_more()
    {
        byte[] stored = StoredDraft.Write(new LiveDraft { Topics = ["a", "b"], Id = "i", Type = "t", Key = "k", Data = new byte[] { 1, 2, 3 } });
        for (int length = 0; length < stored.Length; length++)
        {
            Assert.Null(StoredDraft.TryRead(stored.AsMemory(0, length)));
        }

        Gen.Select(Gen.Int[0, stored.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            byte[] changed = [.. stored];
            changed[at] = value;
            Assert.True(StoredDraft.TryRead(changed) is not { } draft || draft.Data.Length <= stored.Length);
        });
    }

    [Theory]
    [InlineData("redis://h", "h", 6379, "", "", 0)]
    [InlineData("redis://h:1/2", "h", 1, "", "", 2)]
    [InlineData("redis://:p%40@[::1]:1", "::1", 1, "", "p@", 0)]
    [InlineData("redis://u:p:q@10.0.0.1/", "10.0.0.1", 6379, "u", "p:q", 0)]
    public void An_address_of_Redis(string text, string host, int port, string user, string password, int database)
    {
        Assert.True(StoreAddress.TryParseServer(text, out StoreAddress? address, out _));
        Assert.Equal((host, port, user, password, database), (address.Host, address.Port, address.User, address.Password, address.Database));
        Assert.DoesNotContain("p", address.ToString()["redis".Length..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis://h", false, "redis://h:6379/0")]
    [InlineData("rediss://u:p@h:1/2", true, "rediss://h:1/2")]
    public void TLS_is_another_scheme(string text, bool isTls, string said)
    {
        Assert.True(StoreAddress.TryParseServer(text, out StoreAddress? address, out _));
        Assert.Equal((isTls, said), (address.IsTls, address.ToString()));
    }

    [Theory]
    [InlineData("redis+sentinel://:secret@h:26379/primary/0", "Sentinel")]
    [InlineData("redis-sentinel://h", "Sentinel")]
    [InlineData("redis-cluster://h", "Cluster")]
    [InlineData("redis://:secret@a:1,b:2", "several addresses")]
    [InlineData("redis+unix:///run/redis.sock", "sockets of the file system")]
    [InlineData("unix:///run/redis.sock", "sockets of the file system")]
    public void What_is_not_supported_is_named(string text, string what)
    {
        Assert.False(StoreAddress.TryParseServer(text, out _, out string fault));
        Assert.Contains(what, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("h:6379")]
    [InlineData("redis://")]
    [InlineData("redis://secret@h")]
    [InlineData("redis://h/x")]
    [InlineData("redis://h/1?secret=x")]
    public void What_is_none_is_said_without_the_password(string text)
    {
        Assert.False(StoreAddress.TryParseServer(text, out _, out string fault));
        Assert.NotEqual("", fault);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_is_not_the_next_is_not_taken()
    {
        LiveLog log = Drafts.Log();
        Assert.Throws<ArgumentException>(() => log.Add(new LiveMessage(Drafts.Of("a"), new LivePosition("e1", 1), 0), 0));
        Assert.Throws<ArgumentException>(() => log.Add(new LiveMessage(Drafts.Of("a"), new LivePosition("e2", 0), 0), 0));
        log.Add(new LiveMessage(Drafts.Of("a"), new LivePosition("e1", 0), 0), 0);
        Assert.Equal("#e1/0", log.LastId);
    }

    [Fact]
    public void A_log_that_goes_on_knows_where_it_was()
    {
        var log = new LiveLog("e1", HistoryLimit.Default, first: 7);

        Assert.Equal("#e1/6", log.LastId);
        Assert.Null(log.Resume("#e1/6").Gap);
        Assert.Equal((1, LiveGapReason.Expired), (log.Resume("#e1/5").Gap!.Value.Count, log.Resume("#e1/5").Gap!.Value.Reason));
    }
}
