using Roundtrip.Trace;
using Roundtrip.Trace.Rounds;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Roundtrip.Program;

/// <summary>The latest round trips of a hop as blocks: the lowest is its best, the highest is as much longer as any hop shown has ever been.</summary>
/// <param name="isUnicode">Whether blocks can be shown; otherwise digits stand for them.</param>
internal sealed class Sparkline(long greatest, bool isUnicode)
{
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const string Digits = "12345678";

    // Below this a difference is nothing that anybody feels.
    private const long Least = 5 * Span.Millisecond;

    private static readonly Style Plain = new(Color.Green);
    private static readonly Style High = new(Color.Yellow);
    private static readonly Style Missing = new(Color.Red);

    /// <summary>What the highest block stands for more than the lowest, in nanoseconds.</summary>
    public long Scale { get; } = Math.Max(greatest, Least);

    /// <param name="shown">The columns that there are.</param>
    public static Sparkline For(IEnumerable<RoundHop> hops, int shown, bool isUnicode) => new(
        hops.Select(hop => Latest(hop, shown).Where(trip => trip >= 0).Select(trip => trip - hop.Statistics.Best).DefaultIfEmpty().Max()).DefaultIfEmpty().Max(), isUnicode);

    public IRenderable Of(RoundHop hop, int shown)
    {
        Paragraph line = new Paragraph().Append(new string(' ', RoundsTable.HistoryGap));
        foreach (long trip in Latest(hop, shown))
        {
            (string character, Style style) = Of(trip, hop.Statistics.Best);
            line.Append(character, style);
        }

        return line;
    }

    internal (string Character, Style Style) Of(long trip, long best)
    {
        string levels = isUnicode ? Blocks : Digits;
        int level = trip < 0 ? 0 : (int)Math.Min(levels.Length - 1, (trip - best) * levels.Length / Scale);
        return trip switch
        {
            RoundHop.Lost => ("?", Missing),
            RoundHop.UnderWay => (" ", Plain),
            _ => (levels[level].ToString(), level < levels.Length / 2 ? Plain : High),
        };
    }

    private static IEnumerable<long> Latest(RoundHop hop, int shown) => hop.History.Skip(Math.Max(0, hop.History.Count - shown));
}
