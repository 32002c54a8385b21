using System.Globalization;
using Roundtrip.Core;
using Roundtrip.Packets;
using Roundtrip.Trace;
using Roundtrip.Trace.Rounds;
using Spectre.Console;

namespace Roundtrip.Program;

/// <summary>The table of a trace that goes on: a line for each hop, and one more for each further address and each MPLS label of it.</summary>
/// <param name="shown">How an address is written.</param>
internal sealed class RoundsTable(Func<PeerAddress, string> shown)
{
    /// <summary>The columns of the numbers, with the space before them.</summary>
    public const int NumbersWidth = 58;

    /// <summary>The columns of a hop's number, with the space behind it.</summary>
    public const int HopWidth = 4;

    /// <summary>The space before the blocks.</summary>
    public const int HistoryGap = 2;

    private static readonly (string Title, int Width)[] Numbers =
        [("Loss%", 6), ("Held%", 6), ("Snt", 5), ("Last", 6), ("Avg", 6), ("Best", 6), ("Wrst", 6), ("StDev", 6), ("Jttr", 6)];

    private static readonly Style Title = new(decoration: Decoration.Bold);
    private static readonly Style Bad = new(Color.Red, decoration: Decoration.Bold);
    private static readonly Style Quiet = new(Color.Yellow);
    private static readonly Style Faint = new(decoration: Decoration.Dim);

    /// <summary>Columns for a line of blocks; none for 0.</summary>
    public int HistoryWidth { get; init; }

    /// <summary>Whether there are numbers beside it.</summary>
    public bool HasNumbers { get; init; } = true;

    /// <summary>What draws it.</summary>
    public Sparkline? Sparkline { get; init; }

    public Table Of(IReadOnlyList<RoundHop> hops, int hostWidth)
    {
        Table table = new Table().NoBorder().Collapse();
        table.AddColumn(Column("", HopWidth - 1).RightAligned().PadRight(1));
        table.AddColumn(Column("Host", hostWidth));
        foreach ((string title, int width) in HasNumbers ? Numbers : [])
        {
            table.AddColumn(Column(title, width).RightAligned());
        }

        if (HistoryWidth > 0)
        {
            table.AddColumn(Column("  History", HistoryWidth + HistoryGap));
        }

        foreach (RoundHop hop in hops)
        {
            AddRows(table, hop, hostWidth);
        }

        return table;
    }

    private static TableColumn Column(string title, int width) => new TableColumn(new Text(title, Title)).Width(width).Padding(0, 0, 0, 0).NoWrap();

    private void AddRows(Table table, RoundHop hop, int width)
    {
        string name = hop.IsSilent ? (hop.Withheld + hop.Loss > 0 ? "(no answer)" : "(waiting)") : hop.Mark.Length > 0 ? $"{shown(hop.Addresses[0])} {hop.Mark}" : shown(hop.Addresses[0]);
        table.AddRow(
        [
            new Text($"{hop.TimeToLive}."),
            new Text(Cut(name, width), hop.IsSilent ? Faint : Style.Plain),
            .. HasNumbers ? Cells(hop) : [],
            .. HistoryWidth > 0 ? (Spectre.Console.Rendering.IRenderable[])[Sparkline!.Of(hop, HistoryWidth)] : [],
        ]);
        foreach (PeerAddress other in hop.Addresses.Skip(1))
        {
            table.AddRow(new Text(""), new Text(Cut(shown(other), width), Faint));
        }

        foreach (MplsLabel label in hop.Labels)
        {
            table.AddRow(new Text(""), new Text(Cut($"  [MPLS: Lbl {label.Label} TC {label.TrafficClass} S {(label.IsBottom ? 1 : 0)} TTL {label.TimeToLive}]", width), Faint));
        }
    }

    // A space remains before the numbers, and a line is never wrapped.
    private static string Cut(string text, int width) => text.Length < width ? text : width < 4 ? "" : $"{text[..(width - 4)]}...";

    private static IEnumerable<Text> Cells(RoundHop hop)
    {
        Statistics trips = hop.Statistics;
        yield return new Text(Percent(hop.Loss), hop.Loss > 0 ? Bad : Style.Plain);
        yield return new Text(Percent(hop.Withheld), hop.Withheld > 0 ? Quiet : Style.Plain);
        yield return new Text(hop.Sent.ToString(CultureInfo.InvariantCulture));
        foreach (double time in (double[])[trips.Last, trips.Average, trips.Best, trips.Worst, trips.Deviation, trips.Jitter])
        {
            yield return new Text(trips.Received > 0 ? Milliseconds(time) : "");
        }
    }

    private static string Percent(double part) => (part * 100).ToString("F1", CultureInfo.InvariantCulture);

    // Five characters are enough up to a minute and a half.
    private static string Milliseconds(double span)
    {
        double milliseconds = span / Span.Millisecond;
        return milliseconds.ToString(milliseconds < 100 ? "F2" : milliseconds < 1000 ? "F1" : "F0", CultureInfo.InvariantCulture);
    }
}
