using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Configuration.Loading;

/// <remarks>mod_macro. Its warnings about doubtful names and arguments are not given, so that the directives which switch them off have nothing to do.</remarks>
internal sealed partial class Load
{
    private readonly Dictionary<string, Macro> _macros = [];
    private readonly HashSet<string> _using = [];

    /// <summary>Takes a macro's lines as they are, up to the <c>&lt;/Macro></c> of its own.</summary>
    private void DefineMacro(LineStack lines, string arguments, SourcePosition position)
    {
        string name = Words.First(arguments, out string rest).ToLowerInvariant();

        // The flags of mod_macro stand between name and parameters; they only switch off warnings.
        List<string> parameters = [.. Words.Split(rest).SkipWhile(word => word.StartsWith('/'))];
        var body = new List<string>();
        int depth = 1;
        while (depth > 0)
        {
            if (_isStopped || !lines.TryNext(out LogicalLine line))
            {
                Error(position, $"<Macro {name}> was not closed");
                return;
            }

            string first = Words.First(line.Text, out _);
            depth += first.Equals("<Macro", StringComparison.OrdinalIgnoreCase) ? 1 : first.Equals("</Macro>", StringComparison.OrdinalIgnoreCase) ? -1 : 0;
            if (line.IsTooLong)
            {
                Error(line.Position, $"The line is longer than {_limits.LineLength} characters");
            }
            else if (depth > 0 && !line.IsBlank)
            {
                body.Add(line.Text);
            }
        }

        if (name.Length == 0 || parameters.Contains(""))
        {
            Error(position, name.Length == 0 ? "<Macro> definition: name not found" : $"macro '{name}': a parameter's name is empty");
        }
        else if (parameters.Distinct().Count() < parameters.Count)
        {
            Error(position, $"macro '{name}': two parameters have the same name");
        }
        else
        {
            if (_macros.TryGetValue(name, out Macro? earlier))
            {
                Warn(position, $"{earlier.Location} is defined again");
            }

            _macros[name] = new Macro(name, position, parameters, body);
        }
    }

    private void UseMacro(LineStack lines, DirectiveNode directive)
    {
        string name = Words.First(directive.RawArguments, out string rest).ToLowerInvariant();
        IReadOnlyList<string> arguments = Words.Split(rest);
        if (name.Length == 0 || !_macros.TryGetValue(name, out Macro? macro))
        {
            Error(directive.Position, name.Length == 0 ? "no macro name specified with Use" : $"macro '{name}' undefined");
        }
        else if (macro.Parameters.Count != arguments.Count)
        {
            Error(directive.Position, $"{macro.Location} used with {arguments.Count} arguments instead of {macro.Parameters.Count}");
        }
        else if (_using.Count >= _limits.MacroDepth)
        {
            Error(directive.Position, $"macro '{name}' is used more than {_limits.MacroDepth} macros deep");
        }
        else if (!_using.Add(name))
        {
            Error(directive.Position, $"recursive use of macro '{name}' is invalid");
        }
        else
        {
            Push(lines, directive, macro, arguments);
        }
    }

    private void Push(LineStack lines, DirectiveNode directive, Macro macro, IReadOnlyList<string> arguments)
    {
        var substituted = new List<string>();
        foreach (string line in macro.Lines)
        {
            string? made = macro.Substitute(line, arguments, _limits.LineLength);
            if (made is null)
            {
                Error(directive.Position, $"{macro.Location}: a line is longer than {_limits.LineLength} characters with its arguments");
            }
            else if (!Charge(directive.Position, made.Length + 1))
            {
                break;
            }

            substituted.Add(made ?? "");
        }

        string where = $"{macro.Location} used on line {directive.Position.Line} of \"{directive.Position.File}\"";
        Charge(directive.Position, where.Length);
        lines.Push(new MacroLines(where, substituted), () => _using.Remove(macro.Name));
    }

    private void UndefineMacro(DirectiveNode directive)
    {
        if (TryWords(directive, 1, 1, "one argument, a macro's name", out IReadOnlyList<string> words) && !_macros.Remove(words[0].ToLowerInvariant()))
        {
            Error(directive.Position, $"cannot remove undefined macro '{words[0]}'");
        }
    }
}
