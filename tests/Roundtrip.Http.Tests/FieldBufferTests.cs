using System.Text;

namespace Roundtrip.Http.Tests;

public class FieldBufferTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("A: 1|B: 2", "A: 1|B: 2")]
    [InlineData("X-A: 1|B: 2|x-b: |C: 3", "B: 2|C: 3")]
    [InlineData("A: 1|X-: 2|X: 3", "A: 1|X: 3")]
    [InlineData("X-A: 1|X-B: 2", "")]
    public void Fields_whose_names_begin_so_are_taken_away_and_the_others_stay_as_they_are(string lines, string left)
    {
        var fields = new FieldBuffer();
        foreach (string line in lines.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            fields.Add(Encoding.ASCII.GetBytes(line[..line.IndexOf(':', StringComparison.Ordinal)]), Encoding.ASCII.GetBytes(line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..]));
        }

        fields.RemoveStartingWith("X-"u8);
        fields.Add("Vary"u8, "Z"u8);

        string expected = (left.Length > 0 ? left + "|" : "") + "Vary: Z";
        Assert.Equal(expected.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n", Encoding.ASCII.GetString(fields.Http1Lines));
        Assert.Equal(expected.Split('|'), fields.Fields.ToArray().Select(field => $"{Encoding.ASCII.GetString(fields.At(field.Name))}: {Encoding.ASCII.GetString(fields.At(field.Value))}"));
    }
}
