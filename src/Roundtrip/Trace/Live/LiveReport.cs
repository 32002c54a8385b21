using System.Globalization;
using Roundtrip.Core;
using Roundtrip.Tools.Tracing;
using Spectre.Console.Rendering;

namespace Roundtrip.Program;

/// <summary>What a trace has found that went on, as text.</summary>
internal static class LiveReport
{
    public static void Write(TextWriter output, string host, RoundsProgress progress, IReadOnlyDictionary<PeerAddress, string?> names)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"trace to {host} ({progress.Request.Target.ToIPAddress()}), {progress.Round} rounds, {progress.Request.PacketSize} byte packets"));
        string[] hosts = [.. progress.Hops.SelectMany(hop => hop.Addresses).Select(Shown)];
        int hostWidth = Math.Max(24, hosts.Select(shown => shown.Length + 8).DefaultIfEmpty().Max());

        int width = RoundsTable.HopWidth + hostWidth + RoundsTable.NumbersWidth;
        IRenderable rendered = new RoundsTable(Shown).Of(progress.Hops, hostWidth);
        string table = string.Concat(rendered.Render(RenderOptions.Create(TextConsole.On(TextWriter.Null, width)), width).Select(segment => segment.Text));
        foreach (string line in table.TrimEnd().Split('\n'))
        {
            output.WriteLine(line.TrimEnd());
        }

        string Shown(PeerAddress address)
        {
            string plain = address.ToIPAddress().ToString();
            return names[address] is { } name ? $"{name} ({plain})" : plain;
        }
    }
}
