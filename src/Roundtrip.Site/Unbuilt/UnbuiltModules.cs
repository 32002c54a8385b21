using Roundtrip.Configuration.Directives;

namespace Roundtrip.Site.Unbuilt;

/// <summary>
/// The directives of httpd that no module here has (<c>directives.txt</c>), as modules, so that a configuration which uses them loads: each is inert, which is said once, or guards its scope,
/// which answers 501 then. One that gets built disappears from here.
/// </summary>
public static class UnbuiltModules
{
    private static readonly Dictionary<string, IConfigurationModule> Built = Modules.All.ToDictionary(module => module.Name);

    /// <summary>All lines of the table.</summary>
    public static IReadOnlyList<UnbuiltDirective> Table { get; } = Read();

    public static IReadOnlyList<IConfigurationModule> All { get; } = Group();

    private static List<IConfigurationModule> Group()
    {
        HashSet<string> built = Built.Values.SelectMany(module => module.Directives).Select(directive => directive.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. Table.Where(entry => !built.Contains(entry.Name)).GroupBy(entry => entry.Module).Select(group =>
            new UnbuiltModule(group.Key, Built.TryGetValue(group.Key, out IConfigurationModule? module) ? module : null, [.. group]))];
    }

    private static List<UnbuiltDirective> Read()
    {
        using Stream stream = typeof(UnbuiltModules).Assembly.GetManifestResourceStream("directives.txt")
            ?? throw new InvalidOperationException("The assembly lacks directives.txt.");
        using var reader = new StreamReader(stream);
        var all = new List<UnbuiltDirective>();
        string module = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            bool goesOn = line.StartsWith(' ');
            module = goesOn ? module : words[0];
            all.AddRange(words.Skip(goesOn ? 0 : 1).Select(word => UnbuiltDirective.Parse(module, word)));
        }

        return all;
    }

    /// <param name="built">The module of that name, where only some of its directives are missing: they are there when it is loaded. Others need no LoadModule, which could not load them.</param>
    private sealed class UnbuiltModule(string name, IConfigurationModule? built, IReadOnlyList<UnbuiltDirective> entries) : IConfigurationModule
    {
        public string Name => name;

        public string SourceFile => built?.SourceFile ?? $"mod_{name[..^"_module".Length]}.c";

        public bool IsAlwaysLoaded => built?.IsAlwaysLoaded ?? true;

        public IEnumerable<Directive> Directives => entries.Select(entry => new Directive(entry.Name, entry.Contexts, 0, 0, "anything", Apply(entry))
        {
            IsRaw = true,
            IsSection = entry.IsSection,
        });

        private Action<DirectiveCall> Apply(UnbuiltDirective entry)
        {
            string why = built is null ? $"module {name} is not built" : "it is not built";
            return call =>
            {
                if (entry.IsGuarding)
                {
                    Guards.Apply(call, why);
                }
                else
                {
                    call.WarnOnce($"{entry.Shown} does nothing here yet: {why}");
                }

                // What stands in a section is looked at, for its errors, and set nowhere.
                call.ApplyChildren(new Configuration.Sections.Scope(Configuration.Sections.ScopeKind.Directory, call.Scope));
            };
        }
    }
}
