using System.Text.Json;
using System.Text.RegularExpressions;

namespace Roundtrip.Peers.Tests.Trace;

/// <summary><c>roundtrip trace</c> in a terminal of its own, as its user sees it (screen.py).</summary>
/// <param name="Looks">The lines of each look at it.</param>
/// <param name="Left">What was written behind the return to the first screen; all of it where there was no other.</param>
internal sealed partial record Screen(string[][] Looks, string Left, int Exit)
{
    /// <param name="steps">When (seconds after the step before, or what the screen must match), and what is done then.</param>
    public static Screen Of(string size, bool asRoot, string[] arguments, params (object When, string What)[] steps)
    {
        string json = JsonSerializer.Serialize(steps.Select(step => new[] { step.When, step.What }));
        string script = Path.Combine(Repository.Root, "tests/Roundtrip.Peers.Tests/Trace/screen.py");
        Finished finished = Topology.Exec("client", ["/usr/bin/python3", script, size, json, .. Topology.Trace(asRoot, arguments)]);
        Assert.Equal("", finished.Errors);

        using var document = JsonDocument.Parse(finished.Text);
        JsonElement root = document.RootElement;
        string[][] looks = [.. root.GetProperty("screens").EnumerateArray().Select(screen => screen.EnumerateArray().Select(line => line.GetString()!).ToArray())];
        return new Screen(looks, KeypadMode().Replace(root.GetProperty("left").GetString()!, ""), root.GetProperty("exit").GetInt32());
    }

    // What .NET writes to a terminal that it reads keys from.
    [GeneratedRegex("\e\\[\\?1h\e=|\e\\[\\?1l\e>")]
    private static partial Regex KeypadMode();
}
