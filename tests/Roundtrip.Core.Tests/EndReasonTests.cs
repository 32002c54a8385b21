namespace Roundtrip.Core.Tests;

public class EndReasonTests
{
    [Fact]
    public void Every_reason_has_a_sentence_of_its_own()
    {
        string[] sentences = [.. Enum.GetValues<EndReason>().Select(EndReasons.Describe)];

        Assert.Equal(sentences.Length, sentences.Distinct().Count());
    }
}
