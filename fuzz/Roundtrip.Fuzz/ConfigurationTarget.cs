using System.Text;
using Roundtrip.Configuration.Expressions;
using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Fuzz;

/// <summary>
/// The first byte chooses: <c>c</c> and a condition, <c>s</c> and a string of ap_expr, or else a configuration, whose files begin with a line <c>=path</c>. A load keeps its limits, and its
/// recording loads the same; an expression either names its error or is evaluated.
/// </summary>
public static class ConfigurationTarget
{
    private static readonly ConfigurationLimits Limits = new()
    {
        LineLength = 1000,
        Text = 50_000,
        Nodes = 500,
        SectionDepth = 16,
        IncludeDepth = 8,
        DirectoryDepth = 4,
        MacroDepth = 8,
        Messages = 50,
    };

    private static readonly LoadOptions Options = new()
    {
        ServerRoot = "/etc",
        BuiltInModules = new HashSet<string> { "macro_module", "rewrite_module" },
        Limits = Limits,
    };

    private static readonly ExpressionOptions Files = new() { AllowFileFunctions = true };

    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        string text = Encoding.UTF8.GetString(input[1..]);
        switch (input[0])
        {
            case (byte)'c':
                Evaluate(text, ExpressionMode.Condition);
                break;
            case (byte)'s':
                Evaluate(text, ExpressionMode.StringValue);
                break;
            default:
                Load(text);
                break;
        }
    }

    private static void Evaluate(string text, ExpressionMode mode)
    {
        Expression? expression = Expression.Parse(text, mode, Files, out ExpressionError? error);
        if (expression is null)
        {
            Require(error is { Column: >= 1 } && error.Value.Column <= text.Length + 1, "An error is not in the text.");
            return;
        }

        ExpressionResult result = expression.Evaluate(new EchoContext());
        Require(result.Fault is null || (!result.IsTrue && result.Text.Length == 0), "A fault came with a value.");
        Require(result.Text.Length <= Expression.MaximumText, "A text is longer than its limit.");
    }

    private static void Load(string text)
    {
        var recording = new RecordingSource(SourceOf(text));
        LoadedConfiguration loaded = ConfigurationLoader.Load(recording, "main", Options);
        int nodes = 0;
        Count(loaded.Nodes, 0, ref nodes);
        Require(nodes <= Limits.Nodes, "There are too many nodes.");
        Require(loaded.Errors.Count <= Limits.Messages + 1 && loaded.Warnings.Count <= Limits.Messages, "There are too many messages.");

        LoadedConfiguration again = ConfigurationLoader.Load(ReplayedSource.FromBytes(recording.ToBytes())!, "main", Options);
        Require(loaded.Errors.SequenceEqual(again.Errors) && loaded.Warnings.SequenceEqual(again.Warnings), "A recording gave other messages.");
        Require(string.Join('\n', loaded.Nodes.Select(Write)) == string.Join('\n', again.Nodes.Select(Write)), "A recording gave another tree.");
    }

    private static InMemorySource SourceOf(string text)
    {
        InMemorySource source = new InMemorySource().WithDirectory("/etc").WithVariable("V", "value");
        string name = "/etc/main";
        var content = new StringBuilder();
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith('=') && line.Length > 1)
            {
                source.With(name, content.ToString());
                name = "/etc/" + line[1..].Trim('/');
                content.Clear();
            }
            else
            {
                content.Append(line).Append('\n');
            }
        }

        return source.With(name, content.ToString());
    }

    private static void Count(IReadOnlyList<ConfigurationNode> nodes, int depth, ref int count)
    {
        Require(depth <= Limits.SectionDepth, "Sections are nested too deep.");
        foreach (ConfigurationNode node in nodes)
        {
            count++;
            Require(node.RawArguments.Length <= Limits.LineLength, "A line is too long.");
            Words.Split(node.RawArguments);
            if (node is SectionNode section)
            {
                Count(section.Children, depth + 1, ref count);
            }
        }
    }

    private static string Write(ConfigurationNode node) =>
        $"{node.Position} {node.Name} {node.RawArguments}{(node is SectionNode section ? $"{{{string.Join('\n', section.Children.Select(Write))}}}" : "")}";

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    /// <summary>Answers each question with its name.</summary>
    private sealed class EchoContext : IExpressionContext
    {
        public string? Variable(string name) => name == "REMOTE_ADDR" ? "192.0.2.1" : name;

        public string? RequestHeader(string name, bool varies) => name;

        public string? ResponseHeader(string name) => name;

        public string? RequestEnvironment(string name) => name;

        public string? Note(string name) => null;

        public string? ServerEnvironment(string name) => name;

        public IReadOnlyList<string> List(string name, string argument) => [name, argument];

        public ExpressionFile? File(string path) => path.Length == 0 ? null : new ExpressionFile(true, false, false, false, path.Length, 0);

        public string? ReadFile(string path, int maximum) => path;

        public bool IsUrlAccessible(string url) => url.Length > 0;

        public bool IsFileAccessible(string path) => path.Length > 0;
    }
}
