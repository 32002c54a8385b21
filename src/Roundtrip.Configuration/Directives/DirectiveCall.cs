using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Sections;
using Roundtrip.Configuration.Settings;
using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Configuration.Directives;

/// <summary>One line of a configuration on its way to the module whose directive it is.</summary>
/// <param name="scope">The scope in which it stands.</param>
/// <param name="node">The line, or the section.</param>
/// <param name="words">Its arguments; none for a directive that <see cref="Directive.IsRaw"/>.</param>
public sealed class DirectiveCall(ConfigurationBuilder builder, Scope scope, ConfigurationNode node, IReadOnlyList<string> words)
{
    public Scope Scope => scope;

    /// <summary>The settings of the scope: what the directive changes.</summary>
    public SettingBag Settings => scope.Settings;

    public IReadOnlyList<string> Words => words;

    public string Raw => node.RawArguments;

    /// <summary>The name as it stands in the file.</summary>
    public string Name => node.Name;

    public SourcePosition Position => node.Position;

    /// <summary>A full file name: a relative one counts from ServerRoot.</summary>
    public string FullPath(string name) => builder.FullPath(name);

    /// <summary>Reads a file that the directive names, from where the configuration itself comes.</summary>
    /// <param name="path">Its full path.</param>
    public FileText Read(string path) => builder.Source.Read(path);

    /// <summary>A variable of the server's own environment; null where it is not set.</summary>
    public string? Variable(string name) => builder.Source.Variable(name);

    /// <summary>Says something about the line that does not make the configuration unusable.</summary>
    public void Warn(string message) => builder.Warn(node.Position, message);

    /// <summary>As <see cref="Warn"/>, but a message that was given before is not given again: what holds for every line with a directive.</summary>
    public void WarnOnce(string message) => builder.WarnOnce(node.Position, message);

    /// <summary>Applies the lines of a section, in the given scope.</summary>
    public void ApplyChildren(Scope inner)
    {
        if (node is SectionNode section)
        {
            builder.Apply(inner, section.Children);
        }
    }
}
