using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Roundtrip.Architecture.Tests;

/// <summary>The arrows between the rooms point one way (docs/adr/0001): read from the project files and from the code's own usings.</summary>
public class ArrowTests
{
    // A room may use the rooms of its own line and those below it, and no others. Rooms of one line do not know each other unless it is said here. Interop is no room: the source of
    // src/Shared/Interop, compiled into the rooms that name it.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Core"] = [],
        ["Packets"] = ["Core"],
        ["Trace"] = ["Core", "Packets"],
        ["Http"] = ["Core"],
        ["Live"] = ["Core"],
        ["Configuration"] = ["Core"],
        ["Stores"] = ["Core", "Live"],
        ["Transport"] = ["Core", "Interop"],
        ["Processes"] = ["Core", "Interop"],
        ["Tools"] = ["Core", "Interop", "Packets", "Trace", "Transport"],
        ["Server"] = ["Core", "Http", "Transport"],
        ["Client"] = ["Core", "Http", "Transport"],
        ["Site"] = ["Core", "Http", "Live", "Transport", "Processes", "Configuration", "Server"],
        ["Program"] = ["Core", "Http", "Live", "Transport", "Processes", "Configuration", "Server", "Client", "Stores", "Site", "Packets", "Trace", "Tools"],
    };

    private static readonly string[] Pure = ["Core", "Packets", "Http", "Configuration", "Live", "Trace"];

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));

    public static TheoryData<string> Rooms() => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_references_only_what_its_line_allows(string room)
    {
        XDocument project = XDocument.Load(ProjectFile(room));
        IEnumerable<string> references = project.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)["Roundtrip.".Length..]);

        Assert.Empty(references.Except(Allowed[room]));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_names_only_the_rooms_that_its_line_allows(string room)
    {
        IEnumerable<string> named = Directory.EnumerateFiles(Path.GetDirectoryName(ProjectFile(room))!, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"^using Roundtrip\.(\w+)", RegexOptions.Multiline))
            .Select(match => match.Groups[1].Value)
            .Distinct();

        Assert.Empty(named.Except([.. Allowed[room], room]));
    }

    [Fact]
    public void Every_room_is_in_the_table()
    {
        IEnumerable<string> rooms = Directory.EnumerateDirectories(Path.Combine(Root(), "src"), "Roundtrip*").Select(RoomOf);

        Assert.Equal(Allowed.Keys.Order(), rooms.Order());
    }

    [Fact]
    public void A_pure_room_bans_sockets_clocks_threads_and_randomness()
    {
        foreach (string room in Pure)
        {
            Assert.Contains("PureRoom.props", File.ReadAllText(ProjectFile(room)), StringComparison.Ordinal);
        }

        string banned = File.ReadAllText(Path.Combine(Root(), "eng/BannedSymbols.Pure.txt"));
        foreach (string symbol in (string[])["System.Net.Sockets", "DateTime.UtcNow", "Environment.TickCount64", "Task.Delay", "Random.Shared", "Threading.Thread"])
        {
            Assert.Contains(symbol, banned, StringComparison.Ordinal);
        }
    }

    private static string RoomOf(string folder) =>
        Path.GetFileName(folder) is "Roundtrip" ? "Program" : Path.GetFileName(folder)["Roundtrip.".Length..];

    private static string ProjectFile(string room)
    {
        string name = room == "Program" ? "Roundtrip" : $"Roundtrip.{room}";
        return Path.Combine(Root(), "src", name, $"{name}.csproj");
    }
}
