using System.Globalization;

namespace Roundtrip.Peers.Tests.ApacheSideBySide;

/// <summary>Every request of <c>requests.txt</c>, sent to httpd and to Roundtrip with the same configuration and the same files: the answers are the same but for the differences that are meant.</summary>
public class SideBySideTests(Ground ground) : IClassFixture<Ground>
{
    public static TheoryData<string> Groups() => [.. Case.All.Select(one => one.Group).Distinct()];

    [Theory]
    [MemberData(nameof(Groups))]
    public void Both_answer_the_same_but_for_what_is_meant(string group)
    {
        Case[] cases = [.. Case.All.Where(one => one.Group == group)];
        string[] missing = [.. cases[0].Needs.Where(module => !ground.Built.Contains(module))];
        Assert.SkipWhen(missing.Length > 0, $"{string.Join(' ', missing)} is not built");

        string[] wrong = [.. cases.SelectMany(Compare)];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void There_are_at_least_two_hundred_requests_each_with_a_name_of_its_own()
    {
        Assert.InRange(Case.All.Count, 200, 1000);
        Assert.Equal(Case.All.Count, Case.All.Select(one => (one.Group, one.Name)).Distinct().Count());
    }

    [Fact]
    public void Every_difference_is_used_and_stands_in_the_document()
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs/apache.md"));

        Assert.Equal(Difference.All.Keys.Order(StringComparer.Ordinal), Case.All.SelectMany(one => one.Differences).Distinct().Order(StringComparer.Ordinal));
        Assert.All(Difference.All.Values, difference => Assert.Contains($"| {difference.Name} | {difference.Reason} |", document, StringComparison.Ordinal));
    }

    private IEnumerable<string> Compare(Case one)
    {
        string date = Ground.Date.ToString("R", CultureInfo.InvariantCulture);
        bool isFile = one.Method == "GET" && one.Group != "listing";
        Answer apacheAnswer = Answer.To(ground.ApachePort, one.Request(date, ground.ApachePort)), roundtripAnswer = Answer.To(ground.RoundtripPort, one.Request(date, ground.RoundtripPort));
        Dictionary<string, string> apache = apacheAnswer.Compared(one.Host, isFile);
        Dictionary<string, string> roundtrip = roundtripAnswer.Compared(one.Host, isFile);
        var meant = one.Differences.SelectMany(name => Difference.All[name].Aspects).ToDictionary(aspect => aspect.Aspect);
        foreach (string aspect in apache.Keys.Union(roundtrip.Keys).Order(StringComparer.Ordinal))
        {
            string theirs = apache.GetValueOrDefault(aspect, ""), ours = roundtrip.GetValueOrDefault(aspect, "");
            bool isSame = AreSame(aspect, theirs, ours);
            if (!meant.Remove(aspect, out var difference))
            {
                if (!isSame)
                {
                    yield return $"[{one.Group}] {one.Name} ({one.Target}): {aspect} is '{Short(theirs)}' there and '{Short(ours)}' here";
                }
            }
            else if (isSame)
            {
                yield return $"[{one.Group}] {one.Name} ({one.Target}): {string.Join(' ', one.Differences)} is no difference any more: {aspect} is '{Short(theirs)}'";
            }
            else if ((difference.Apache ?? theirs) != theirs || (difference.Roundtrip ?? ours) != ours)
            {
                yield return $"[{one.Group}] {one.Name} ({one.Target}): {aspect} differs in another way than is meant: '{Short(theirs)}' there and '{Short(ours)}' here";
            }
        }
    }

    private static bool AreSame(string aspect, string theirs, string ours) =>
        theirs == ours || (aspect == "expires" && DateTimeOffset.TryParse(theirs, CultureInfo.InvariantCulture, out DateTimeOffset first)
            && DateTimeOffset.TryParse(ours, CultureInfo.InvariantCulture, out DateTimeOffset second) && (first - second).Duration() <= TimeSpan.FromSeconds(2));

    private static string Short(string value) => (value.Length > 60 ? value[..60] + "…" : value).Replace('\n', ' ');
}
