namespace Roundtrip.Site.Configuration;

/// <summary>
/// Reads a folder's <c>site.conf</c>: one directive a line in httpd's grammar, without sections. Names are those of httpd; case does not matter, <c>#</c> begins a comment line,
/// <c>\</c> at a line's end continues it, arguments with blanks stand in quotes.
/// </summary>
public static class SiteConf
{
    /// <param name="file">The name for error messages.</param>
    /// <param name="errors">Every line that cannot be obeyed; a configuration with errors is not to be used.</param>
    public static FolderConfiguration Parse(string file, string text, out IReadOnlyList<ConfigurationError> errors)
    {
        var configuration = new FolderConfiguration();
        var found = new List<ConfigurationError>();
        foreach ((int number, string line) in LogicalLines(text))
        {
            List<string> words = Words(line);
            if (words.Count == 0 || words[0].StartsWith('#'))
            {
                continue;
            }

            string problem = Apply(words, ref configuration);
            if (problem.Length > 0)
            {
                found.Add(new ConfigurationError(file, number, problem));
            }
        }

        errors = found;
        return configuration;
    }

    /// <returns>What is wrong; empty when nothing is.</returns>
    private static string Apply(List<string> words, ref FolderConfiguration configuration)
    {
        string name = words[0];
        if (!FolderDirectives.Table.TryGetValue(name, out FolderDirective? directive))
        {
            string nearest = FolderDirectives.Table.Keys.MinBy(known => Distance(known, name))!;
            return $"Invalid command '{name}'; the nearest that a site.conf may have is {nearest}";
        }

        string[] arguments = [.. words.Skip(1)];
        if (arguments.Length < directive.Least || arguments.Length > directive.Most)
        {
            return $"{name} takes {directive.Usage}";
        }

        try
        {
            configuration = directive.Apply(configuration, arguments);
            return "";
        }
        catch (FormatException fault)
        {
            return $"{name}: {fault.Message}; it takes {directive.Usage}";
        }
    }

    private static IEnumerable<(int Number, string Line)> LogicalLines(string text)
    {
        int number = 0, first = 0;
        string pending = "";
        foreach (string raw in text.Split('\n'))
        {
            number++;
            first = pending.Length == 0 ? number : first;
            string line = raw.TrimEnd('\r');
            if (line.EndsWith('\\'))
            {
                pending += line[..^1];
                continue;
            }

            yield return (first, pending + line);
            pending = "";
        }

        if (pending.Length > 0)
        {
            yield return (first, pending);
        }
    }

    private static List<string> Words(string line)
    {
        var words = new List<string>();
        for (int at = 0; at < line.Length;)
        {
            if (char.IsWhiteSpace(line[at]))
            {
                at++;
                continue;
            }

            words.Add(line[at] is '"' or '\'' ? Quoted(line, ref at) : Bare(line, ref at));
        }

        return words;
    }

    private static string Bare(string line, ref int at)
    {
        int begin = at;
        while (at < line.Length && !char.IsWhiteSpace(line[at]))
        {
            at++;
        }

        return line[begin..at];
    }

    // Within quotes a backslash keeps the quote or backslash behind it from its meaning.
    private static string Quoted(string line, ref int at)
    {
        char quote = line[at++];
        var word = new System.Text.StringBuilder();
        while (at < line.Length && line[at] != quote)
        {
            if (line[at] == '\\' && at + 1 < line.Length && (line[at + 1] == quote || line[at + 1] == '\\'))
            {
                at++;
            }

            word.Append(line[at++]);
        }

        at++;
        return word.ToString();
    }

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
