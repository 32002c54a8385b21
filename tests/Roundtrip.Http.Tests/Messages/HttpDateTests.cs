using System.Globalization;
using System.Text;

namespace Roundtrip.Http.Tests.Messages;

public class HttpDateTests
{
    private const long Example = 784_111_777;
    private const long Now = 1_767_225_600;

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sun Nov  6 08:49:37 1994")]
    public void All_three_forms_are_read(string text)
    {
        Assert.Equal(Example, Parse(text));
    }

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 CET")]
    [InlineData("Sun, 06 Nov 1994 08:49:37")]
    [InlineData("sun, 06 nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 6 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 31 Feb 1994 08:49:37 GMT")]
    [InlineData("Sun, 00 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 24:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:60:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:61 GMT")]
    [InlineData("Sun, 06 Nov 0000 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov -994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 +8:49:37 GMT")]
    [InlineData("Sun Nov 06 08:49:37 19x4")]
    [InlineData("Sunday, 06-Nov-9x 08:49:37 GMT")]
    [InlineData(",")]
    [InlineData("")]
    [InlineData("784111777")]
    public void What_is_no_date_is_refused(string text)
    {
        Assert.Null(Parse(text));
    }

    [Fact]
    public void A_leap_second_is_the_next_minute()
    {
        Assert.Equal(Parse("Sun, 01 Jan 2017 00:00:00 GMT"), Parse("Sat, 31 Dec 2016 23:59:60 GMT"));
    }

    [Theory]
    [InlineData("70", 2070)]
    [InlineData("76", 2076)]
    [InlineData("77", 1977)]
    [InlineData("26", 2026)]
    public void Two_digits_of_a_year_are_never_more_than_50_years_ahead(string digits, int year)
    {
        long expected = new DateTimeOffset(year, 11, 6, 8, 49, 37, TimeSpan.Zero).ToUnixTimeSeconds();
        Assert.Equal(expected, Parse($"Sunday, 06-Nov-{digits} 08:49:37 GMT"));
    }

    [Fact]
    public void What_is_written_is_what_the_framework_writes_and_is_read_back()
    {
        var random = new Random(5);
        byte[] text = new byte[HttpDate.Length];
        for (int i = 0; i < 10_000; i++)
        {
            long seconds = random.NextInt64(-62_135_596_800, 253_402_300_799);
            HttpDate.Format(seconds, text);
            Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("R", CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text));
            Assert.Equal(seconds, Parse(Encoding.ASCII.GetString(text)));
        }

        HttpDate.Format(long.MaxValue, text);
        Assert.Equal("Fri, 31 Dec 9999 23:59:59 GMT", Encoding.ASCII.GetString(text));
    }

    private static long? Parse(string text) => HttpDate.TryParse(Encoding.ASCII.GetBytes(text), Now, out long seconds) ? seconds : null;
}
