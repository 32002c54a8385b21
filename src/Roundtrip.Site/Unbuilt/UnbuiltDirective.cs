using Roundtrip.Configuration.Directives;

namespace Roundtrip.Site.Unbuilt;

/// <summary>A directive of httpd that is not built.</summary>
/// <param name="IsGuarding">Whether what lies in its scope must not be sent as it lies on the disk: it would be protected or computed.</param>
public sealed record UnbuiltDirective(string Name, string Module, DirectiveContext Contexts, bool IsSection, bool IsGuarding)
{
    /// <summary>As it stands in a configuration.</summary>
    public string Shown => IsSection ? $"<{Name}>" : Name;

    /// <param name="word">A word of the table: <c>Name:svd</c>, <c>Name!d</c>, <c>&lt;Name&gt;:s</c>.</param>
    internal static UnbuiltDirective Parse(string module, string word)
    {
        int mark = word.IndexOfAny([':', '!']);
        string name = word[..mark];
        DirectiveContext contexts = 0;
        foreach (char letter in word[(mark + 1)..])
        {
            contexts |= letter switch
            {
                's' => DirectiveContext.ServerConfig,
                'v' => DirectiveContext.VirtualHost,
                'd' => DirectiveContext.Directory,
                _ => throw new InvalidOperationException($"directives.txt: '{letter}' of {word} is no context"),
            };
        }

        return new UnbuiltDirective(name.Trim('<', '>'), module, contexts, name[0] == '<', word[mark] == '!');
    }
}
