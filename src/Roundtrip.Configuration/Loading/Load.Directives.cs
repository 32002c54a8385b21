using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Configuration.Loading;

internal sealed partial class Load
{
    /// <summary>Obeys a directive that acts while reading; any other goes into the tree.</summary>
    private void Obey(LineStack lines, DirectiveNode directive, List<ConfigurationNode> target)
    {
        switch (directive.Name.ToUpperInvariant())
        {
            case "DEFINE":
                Define(directive);
                break;
            case "UNDEFINE":
                UnDefine(directive);
                break;
            case "INCLUDE":
                Include(directive, isOptional: false, target);
                break;
            case "INCLUDEOPTIONAL":
                Include(directive, isOptional: true, target);
                break;
            case "SERVERROOT":
                SetServerRoot(directive);
                break;
            case "LOADMODULE":
                LoadModule(directive);
                break;
            case "LOADFILE":
                Warn(directive.Position, $"LoadFile is ignored: modules are built in, and need no other file");
                break;
            case "ERROR":
                Error(directive.Position, MessageOf(directive));
                break;
            case "WARNING":
                // Of httpd 2.5; 2.4 does not know it.
                Warn(directive.Position, MessageOf(directive));
                break;
            case "USE" when _modules.Contains("macro_module"):
                UseMacro(lines, directive);
                break;
            case "UNDEFMACRO" when _modules.Contains("macro_module"):
                UndefineMacro(directive);
                break;
            case "MACROIGNOREEMPTYARGS" or "MACROIGNOREBADNESTING" when _modules.Contains("macro_module"):
                // They switch warnings off that are not given here.
                break;
            default:
                Add(target, directive);
                break;
        }
    }

    private void Define(DirectiveNode directive)
    {
        if (!TryWords(directive, 1, 2, "1-2 arguments, a name and its value", out IReadOnlyList<string> words) || !IsVariableName(directive, words[0]))
        {
            return;
        }

        _defines.TryAdd(words[0], null);
        if (words.Count == 2)
        {
            _defines[words[0]] = words[1];
            _variables.Set(words[0], words[1]);
        }
    }

    private void UnDefine(DirectiveNode directive)
    {
        if (TryWords(directive, 1, 1, "one argument, the name of a variable", out IReadOnlyList<string> words) && IsVariableName(directive, words[0]))
        {
            _defines.Remove(words[0]);
            _variables.Remove(words[0]);
        }
    }

    private bool IsVariableName(DirectiveNode directive, string name)
    {
        if (name.Contains(':'))
        {
            Error(directive.Position, "Variable name must not contain ':'");
        }

        return !name.Contains(':');
    }

    private void SetServerRoot(DirectiveNode directive)
    {
        if (!TryWords(directive, 1, 1, "one argument, a directory", out IReadOnlyList<string> words))
        {
            return;
        }

        string root = Paths.Resolve(_root, words[0]);
        if (_source.KindOf(root) == PathKind.Directory)
        {
            _root = root;
        }
        else
        {
            Error(directive.Position, $"ServerRoot must be a valid directory: {root} is not");
        }
    }

    private void LoadModule(DirectiveNode directive)
    {
        if (!TryWords(directive, 2, 2, "two arguments, a module's name and its file", out IReadOnlyList<string> words))
        {
            return;
        }

        if (!_options.BuiltInModules.Contains(words[0]) && !_modules.Contains(words[0]))
        {
            Warn(directive.Position, $"Module {words[0]} is not built in, and is not loaded");
        }
        else if (!_modules.Add(words[0]))
        {
            Warn(directive.Position, $"Module {words[0]} is already loaded, skipping");
        }
    }

    // httpd's generate_message: quotes around the whole are taken off, words are not.
    private static string MessageOf(DirectiveNode directive)
    {
        string text = directive.RawArguments;
        text = text.Length > 0 && text[0] is '"' or '\'' ? Words.First(text, out _) : text;
        return text.Length > 0 ? text : $"{directive.Name} has no message";
    }

    /// <returns>False when there are too few or too many, which is reported.</returns>
    private bool TryWords(DirectiveNode directive, int least, int most, string usage, out IReadOnlyList<string> words)
    {
        words = Words.Split(directive.RawArguments);
        if (words.Count >= least && words.Count <= most && words[0].Length > 0)
        {
            return true;
        }

        Error(directive.Position, $"{directive.Name} takes {usage}");
        return false;
    }
}
