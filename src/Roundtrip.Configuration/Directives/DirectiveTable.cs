using System.Diagnostics.CodeAnalysis;

namespace Roundtrip.Configuration.Directives;

/// <summary>The directives that a configuration may have: those of the modules that are loaded.</summary>
public sealed class DirectiveTable
{
    private readonly Dictionary<string, Directive> _loaded = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _moduleOf = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="modules">All that are built in.</param>
    /// <param name="isLoaded">Whether a module was loaded, by its name.</param>
    public DirectiveTable(IEnumerable<IConfigurationModule> modules, Func<string, bool> isLoaded)
    {
        foreach (IConfigurationModule module in modules)
        {
            bool loaded = module.IsAlwaysLoaded || isLoaded(module.Name);
            foreach (Directive directive in module.Directives)
            {
                if (loaded)
                {
                    _loaded.Add(directive.Name, directive);
                }

                _moduleOf.TryAdd(directive.Name, module.Name);
            }
        }
    }

    public IEnumerable<Directive> Loaded => _loaded.Values;

    public bool TryFind(string name, [NotNullWhen(true)] out Directive? directive) => _loaded.TryGetValue(name, out directive);

    /// <summary>Why a name is not there, and what to do.</summary>
    public string WhyUnknown(string shown, string name) => _moduleOf.TryGetValue(name, out string? module) && !_loaded.ContainsKey(name)
        ? $"Invalid command '{shown}': it belongs to {module}, which is not loaded (LoadModule {module} …)"
        : $"Invalid command '{shown}', perhaps misspelled or defined by a module not included in the server configuration; the nearest name is {Nearest(name)}";

    private string Nearest(string name) => _moduleOf.Keys.MinBy(known => (Distance(known, name), known))!;

    // Levenshtein's distance without regard to case.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 0; i < a.Length; i++)
        {
            int diagonal = row[0]++;
            for (int j = 0; j < b.Length; j++)
            {
                int cost = char.ToUpperInvariant(a[i]) == char.ToUpperInvariant(b[j]) ? 0 : 1;
                int best = Math.Min(Math.Min(row[j], row[j + 1]) + 1, diagonal + cost);
                diagonal = row[j + 1];
                row[j + 1] = best;
            }
        }

        return row[^1];
    }
}
