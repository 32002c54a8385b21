using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Configuration.Loading;

internal sealed partial class Load
{
    // The sections that are open in all files that are being read.
    private int _depth;

    /// <summary>Reads lines to their end. Sections begin and end within them, as httpd asks of a file.</summary>
    private void ReadLines(LineStack lines, List<ConfigurationNode> target)
    {
        var open = new Stack<OpenSection>();
        var last = default(SourcePosition);
        while (!_isStopped && lines.TryNext(out LogicalLine line))
        {
            last = line.Position;
            if (line.IsTooLong)
            {
                Error(line.Position, $"The line is longer than {_limits.LineLength} characters");
            }
            else if (!line.IsBlank)
            {
                ReadLine(lines, line, open, target);
            }
        }

        lines.Clear();
        while (open.TryPeek(out OpenSection? section))
        {
            Error(section.Position, $"<{section.Name}> was not closed before the end at line {last.Line}");
            Leave(open, target);
        }
    }

    private void ReadLine(LineStack lines, LogicalLine line, Stack<OpenSection> open, List<ConfigurationNode> target)
    {
        bool isSkipped = open.TryPeek(out OpenSection? around) && around.Use == SectionUse.Nothing;

        // Deviates: httpd expands variables in what it skips too, and warns of those that are not defined there, where nobody needs them.
        if ((isSkipped ? line.Text : Expand(line)) is not { } text)
        {
            return;
        }

        string name = Words.First(text, out string rest);
        if (name.StartsWith("</", StringComparison.Ordinal))
        {
            Close(name, line.Position, open, target);
        }
        else if (name.StartsWith('<'))
        {
            Open(lines, name[1..], rest, line.Position, open, around?.Target ?? target, isSkipped);
        }
        else if (!isSkipped && name.Length > 0)
        {
            Obey(lines, new DirectiveNode(name, rest, line.Position), around?.Target ?? target);
        }
    }

    private void Open(LineStack lines, string word, string rest, SourcePosition position, Stack<OpenSection> open, List<ConfigurationNode> target, bool isSkipped)
    {
        bool isClosedInName = word.EndsWith('>');
        string name = isClosedInName ? word[..^1] : word;
        int end = rest.LastIndexOf('>');
        string arguments = end >= 0 ? Words.Trim(rest[..end]) : "";
        if (!isSkipped)
        {
            if (name.Length == 0)
            {
                Error(position, "A section's name is missing behind <");
            }
            else if (end < 0 && (!isClosedInName || rest.Length > 0))
            {
                Error(position, $"<{name}> directive missing closing '>'");
            }
            else if (end >= 0 && end + 1 < rest.Length)
            {
                Warn(position, $"What follows the > of <{name}> is ignored");
            }

            if (name.Equals("Macro", StringComparison.OrdinalIgnoreCase) && _modules.Contains("macro_module"))
            {
                DefineMacro(lines, arguments, position);
                return;
            }
        }

        SectionUse use = isSkipped ? SectionUse.Nothing : UseOf(name, arguments, position);
        if (++_depth > _limits.SectionDepth)
        {
            Stop(position, $"<{name}> lies more than {_limits.SectionDepth} sections deep");
        }

        open.Push(new OpenSection(name, arguments, position, use, use == SectionUse.Node ? [] : target));
    }

    private void Close(string word, SourcePosition position, Stack<OpenSection> open, List<ConfigurationNode> target)
    {
        string name = word[2..].TrimEnd('>');
        if (!word.EndsWith('>'))
        {
            Error(position, $"</{name}> directive missing closing '>'");
        }

        if (open.Count == 0)
        {
            Error(position, $"</{name}> without matching <{name}> section");
            return;
        }

        if (open.Peek().Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            Leave(open, target);
            return;
        }

        OpenSection inner = open.Peek();
        Error(position, $"Expected </{inner.Name}> for <{inner.Name}> of {inner.Position} but saw </{name}>");

        // To go on with the fewest errors that follow from this one: it ends the section that it names, if that is open.
        if (open.Any(section => section.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            while (!open.Peek().Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                Leave(open, target);
            }

            Leave(open, target);
        }
    }

    private void Leave(Stack<OpenSection> open, List<ConfigurationNode> target)
    {
        OpenSection section = open.Pop();
        _depth--;
        if (section.Use == SectionUse.Node)
        {
            List<ConfigurationNode> around = open.TryPeek(out OpenSection? outer) ? outer.Target : target;
            Add(around, new SectionNode(section.Name, section.Arguments, [.. section.Target], section.Position));
        }
    }
}
