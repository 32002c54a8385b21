using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Roundtrip.Configuration.Sections;
using Roundtrip.Configuration.Settings;
using Roundtrip.Configuration.Tests.Support;

namespace Roundtrip.Configuration.Tests.Building;

/// <summary>
/// "How the sections are merged" of httpd's manual, written down a second time as plainly as it stands there, and held against <see cref="SectionWalk"/> for random configurations and paths.
/// </summary>
public class MergeOrderTests
{
    private static readonly string[] Arguments =
    [
        "/", "/a", "/a/", "/a/b", "/a/b/c", "/b", "/*", "/a/*", "/*/b", "/a/?/c",
    ];

    private static readonly string[] Expressions = ["^/a", "/b", "c$", "."];

    private static readonly string[] Names = ["x", "y", "*", "x*", "?"];

    private static readonly Gen<Part> Files = Gen.Select(Gen.Bool, Gen.OneOfConst(Names), Gen.OneOfConst(Expressions), (regex, name, expression) =>
        new Part(regex ? "FilesMatch" : "Files", regex ? expression : name, []));

    private static readonly Gen<Part> Conditions = Gen.OneOfConst("true", "false").Select(value => new Part("If", value, []));

    private static readonly Gen<Part> Parts = Gen.Frequency(
        (4, Gen.Select(Gen.OneOfConst(Arguments), Gen.OneOf(Files, Conditions).Array[0, 2], (path, nested) => new Part("Directory", path, nested))),
        (2, Gen.Select(Gen.OneOfConst(Expressions), Files.Array[0, 1], (path, nested) => new Part("DirectoryMatch", path, nested))),
        (2, Files),
        (2, Gen.Select(Gen.OneOfConst(Arguments), Conditions.Array[0, 1], (path, nested) => new Part("Location", path, nested))),
        (1, Gen.OneOfConst(Expressions).Select(path => new Part("LocationMatch", path, []))),
        (1, Conditions));

    private static readonly Gen<string> FileNames = Gen.Select(Gen.OneOfConst("", "/a", "/a/b", "/a/b/c", "/b", "/b/b"), Gen.OneOfConst("/x", "/y", "/xx", "/"), (folder, name) => folder + name);

    [Fact]
    public void Sections_are_merged_in_the_order_of_the_manual() =>
        Gen.Select(Parts.Array[0, 8], Parts.Array[0, 8], FileNames, FileNames).Sample((main, host, file, path) =>
        {
            var text = new StringBuilder("Put server\n");
            int number = 0;
            Write(text, main, ref number);
            text.Append("<VirtualHost *:80>\nPut host\n");
            Write(text, host, ref number);
            text.Append("</VirtualHost>\n");
            BuiltConfiguration built = Builds.Text(text.ToString());
            Assert.Empty(built.Errors);

            SettingBag merged = built.Hosts[0].Walk.Of(file, path).Decide(new RequestFacts())!.Settings;

            Assert.Equal(Model([.. main, .. host], file, path), merged.Get(Builds.Trace));
        }, iter: 3000);

    // Each section puts its own number.
    private static void Write(StringBuilder text, IEnumerable<Part> parts, ref int number)
    {
        foreach (Part part in parts)
        {
            part.Number = number++;
            text.Append($"<{part.Kind} \"{part.Argument}\">\nPut {part.Number}\n");
            Write(text, part.Nested, ref number);
            text.Append($"</{part.Kind}>\n");
        }
    }

    private static string Model(IReadOnlyList<Part> all, string file, string path)
    {
        var applied = new List<Part>();

        // 1. Directory, from the shortest directory component to the longest; those of the same length in the file's order.
        for (int length = 0; length < 10; length++)
        {
            applied.AddRange(all.Where(part => part.Kind == "Directory" && Components(part.Argument).Length == length && IsDirectoryOf(part.Argument, file)));
        }

        // 2. DirectoryMatch.
        applied.AddRange(all.Where(part => part.Kind == "DirectoryMatch" && Regex.IsMatch(file, part.Argument)));

        // 3. Files and FilesMatch at once: those of the servers, then those within the directories that were merged.
        string name = file[(file.LastIndexOf('/') + 1)..];
        Part[] directories = [.. applied];
        applied.AddRange(all.Concat(directories.SelectMany(part => part.Nested)).Where(part =>
            (part.Kind == "Files" && Like(part.Argument, name)) || (part.Kind == "FilesMatch" && Regex.IsMatch(name, part.Argument))));

        // 4. Location and LocationMatch at once.
        applied.AddRange(all.Where(part => (part.Kind == "Location" && IsBelow(part.Argument, path)) || (part.Kind == "LocationMatch" && Regex.IsMatch(path, part.Argument))));

        // 5. If, whether it stands in the server or in a section that was merged.
        applied.AddRange(all.Concat(applied.ToArray().SelectMany(part => part.Nested)).Where(part => part.Kind == "If" && part.Argument == "true"));
        return string.Join(' ', ["server", "host", .. applied.Select(part => $"{part.Number}")]);
    }

    private static string[] Components(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsDirectoryOf(string pattern, string file)
    {
        string[] wanted = Components(pattern), folder = Components(file[..file.LastIndexOf('/')]);
        return wanted.Length <= folder.Length && wanted.Zip(folder).All(pair => Like(pair.First, pair.Second));
    }

    // A path and what lies below it; a pattern matches a whole path, and its * no slash.
    private static bool IsBelow(string pattern, string path) => pattern.AsSpan().ContainsAny('*', '?')
        ? pattern.Split('/') is var wanted && path.Split('/') is var parts && wanted.Length == parts.Length && wanted.Zip(parts).All(pair => Like(pair.First, pair.Second))
        : path == pattern || path.StartsWith(pattern.EndsWith('/') ? pattern : pattern + "/", StringComparison.Ordinal);

    // A shell pattern, letter by letter.
    private static bool Like(string pattern, string text) => pattern.Length == 0 ? text.Length == 0
        : pattern[0] == '*' ? Like(pattern[1..], text) || (text.Length > 0 && Like(pattern, text[1..]))
        : text.Length > 0 && (pattern[0] == '?' || pattern[0] == text[0]) && Like(pattern[1..], text[1..]);

    private sealed record Part(string Kind, string Argument, Part[] Nested)
    {
        public int Number { get; set; }
    }
}
