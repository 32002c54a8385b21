using System.Net;
using Roundtrip.Core;
using Roundtrip.Tools.Names;

namespace Roundtrip.Tools.Tests;

public class NameTests
{
    private static readonly PeerAddress Address = PeerAddress.From(IPAddress.Parse("192.0.2.1"), 0);

    [Theory]
    [InlineData("router.example.net", "router.example.net")]
    [InlineData("router.example.net.", "router.example.net")]
    [InlineData("a_b-1.example", "a_b-1.example")]
    [InlineData("evil\u001b[2J.example", "evil??2J.example")]
    [InlineData("a,b\"c\nd", "a?b?c?d")]
    [InlineData("\u202etxt.example", "?txt.example")]
    [InlineData("", null)]
    [InlineData(".", null)]
    [InlineData(null, null)]
    public void A_name_is_shown_without_what_no_hosts_name_has(string? name, string? shown) => Assert.Equal(shown, SafeName.Of(name));

    [Fact]
    public void A_name_longer_than_DNS_has_is_none() => Assert.Null(SafeName.Of(new string('a', 256)));

    [Fact]
    public async Task Each_address_is_asked_for_once()
    {
        int asked = 0;
        var names = new NameCache(_ =>
        {
            Interlocked.Increment(ref asked);
            return Task.FromResult<string?>("router.example.net.");
        });

        string?[] found = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => names.Find(Address)));

        Assert.All(found, name => Assert.Equal("router.example.net", name));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_name_that_does_not_come_is_not_waited_for_longer_than_patience_and_is_there_when_it_has_come()
    {
        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var names = new NameCache(_ => answer.Task) { Patience = TimeSpan.FromMilliseconds(1) };

        Assert.Null(await names.FindInTime(Address));
        answer.SetResult("late.example");
        Assert.Equal("late.example", await names.Find(Address));
    }
}
