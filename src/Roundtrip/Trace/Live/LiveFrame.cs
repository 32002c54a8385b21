using System.Globalization;
using Roundtrip.Core;
using Roundtrip.Tools.Names;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Probes;
using Spectre.Console;

namespace Roundtrip.Program;

/// <summary>What the screen shows of a trace that goes on, in the columns and lines that there are.</summary>
/// <param name="count">The rounds that were asked for; null for no end.</param>
/// <param name="names">Null where none are asked for until somebody wants to see them.</param>
internal sealed class LiveFrame(string host, int? count, NameCache? names)
{
    private const int LeastHost = 18;
    private const int MostHost = 50;
    private const int LeastHistory = 8;

    private NameCache? _names = names;

    public int Width { get; set; } = 80;

    public int Height { get; set; } = 24;

    public bool IsUnicode { get; init; } = true;

    public bool IsPaused { get; set; }

    public bool IsHistoryAlone { get; set; }

    public bool ShowsNames { get; set; }

    public IEnumerable<string> Lines(RoundsProgress progress)
    {
        int hostWanted = progress.Hops.SelectMany(hop => hop.Addresses).Select(address => Shown(address).Length + 1).DefaultIfEmpty(LeastHost).Max();
        int numbers = IsHistoryAlone ? 0 : RoundsTable.NumbersWidth;
        int room = Width - RoundsTable.HopWidth - numbers;
        int hostWidth = Math.Max(Math.Min(Math.Clamp(hostWanted, LeastHost, MostHost), room), 8);
        int historyWidth = room - hostWidth - RoundsTable.HistoryGap is >= LeastHistory and int left ? left : 0;
        var sparkline = Sparkline.For(progress.Hops, historyWidth, IsUnicode);

        var text = new StringWriter(CultureInfo.InvariantCulture);
        IAnsiConsole console = TextConsole.On(text, Width);
        console.Write(new Text(Head(progress), new Style(decoration: Decoration.Bold)).Ellipsis());
        console.WriteLine();
        console.Write(new Text("q quit  p pause  r reset  n names  d display", new Style(decoration: Decoration.Dim)).Ellipsis());
        console.WriteLine();
        console.WriteLine();
        console.Write(new RoundsTable(Shown) { HistoryWidth = historyWidth, HasNumbers = !IsHistoryAlone, Sparkline = sparkline }.Of(progress.Hops, hostWidth));
        string[] table = text.ToString().TrimEnd('\n').Split('\n');
        string[] legend = [.. Legend(progress, historyWidth > 0 ? sparkline : null).Select(line => line.Length > Width ? line[..Width] : line)];

        // As mtr's, a route that is too long is cut at its end; what explains it goes first.
        return table.Length + 1 + legend.Length <= Height ? [.. table, "", .. legend] : table.Take(Height);
    }

    private string Head(RoundsProgress progress)
    {
        string protocol = progress.Request.Protocol switch { ProbeProtocol.Icmp => "ICMP", ProbeProtocol.Tcp => "TCP", _ => "UDP" };
        string rounds = count is null ? $"round {progress.Round}" : $"round {progress.Round} of {count}";
        string arrow = IsUnicode ? "→" : "->";
        string target = progress.Request.Target.ToIPAddress().ToString();
        return $"{progress.Source.ToIPAddress()} {arrow} {(host == target ? host : $"{host} ({target})")}  {protocol}  {rounds}{(IsPaused ? "  paused" : "")}";
    }

    private IEnumerable<string> Legend(RoundsProgress progress, Sparkline? sparkline)
    {
        if (sparkline is not null)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"History: {(IsUnicode ? "▁" : "1")} the hop's best, {(IsUnicode ? "█" : "8")} {Span.ToMilliseconds(sparkline.Scale):F1} ms more, ? no answer");
        }

        if (progress.Hops.Any(hop => hop.Withheld > 0))
        {
            yield return "Held%: went through the hop, which limits its answers or gives none";
        }

        foreach (string remark in progress.Round > 1 ? LiveRemarks.Of(host, progress) : [])
        {
            yield return remark;
        }
    }

    private string Shown(PeerAddress address)
    {
        string text = address.ToIPAddress().ToString();
        if (!ShowsNames)
        {
            return text;
        }

        _names ??= new NameCache();
        Task<string?> name = _names.Find(address);
        return name.IsCompletedSuccessfully && name.Result is { } found ? found : text;
    }
}
