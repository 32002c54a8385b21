using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Patterns;
using Roundtrip.Configuration.Sections;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Headers;

/// <summary>mod_headers: fields of responses and requests, set, changed and taken away.</summary>
internal sealed class HeadersModule : IConfigurationModule
{
    public string Name => "headers_module";

    public string SourceFile => "mod_headers.c";

    public IEnumerable<Directive> Directives =>
    [
        new("Header", DirectiveContext.Anywhere, 2, 6, "[always|onsuccess] action field [value] [replacement] [early|env=…|expr=…]", call =>
        {
            bool isAlways = call.Words[0].Equals("always", StringComparison.OrdinalIgnoreCase);
            bool hasCondition = isAlways || call.Words[0].Equals("onsuccess", StringComparison.OrdinalIgnoreCase);
            Add(call, hasCondition ? [.. call.Words.Skip(1)] : call.Words, isAlways ? HeadersSettings.Always : HeadersSettings.OnSuccess);
        }),
        new("RequestHeader", DirectiveContext.Anywhere, 2, 5, "action field [value] [replacement] [early|env=…|expr=…]", call =>
            Add(call, call.Words, HeadersSettings.Request)),
    ];

    private static void Add(DirectiveCall call, IReadOnlyList<string> words, SettingKey<FieldEdits> key)
    {
        bool isRequest = key == HeadersSettings.Request;
        FieldAction action = ActionOf(words[0]);
        if (isRequest && action is FieldAction.Echo or FieldAction.Note)
        {
            throw new FormatException($"Header {words[0]} only valid on Header directives");
        }

        bool isEdit = action is FieldAction.Edit or FieldAction.EditAll;
        int values = isEdit ? 2 : action is FieldAction.Unset or FieldAction.Echo ? 0 : 1;
        if (words.Count < 2 + values)
        {
            throw new FormatException(isEdit ? "Header edit requires a match and a substitution" : "Header requires three arguments");
        }

        if (words.Count > 3 + values)
        {
            throw new FormatException("Too many arguments to directive");
        }

        string name = action == FieldAction.Echo ? words[1] : words[1].Split(':')[0];
        if (action != FieldAction.Echo && !FieldText.IsName(name))
        {
            throw new FormatException($"'{name}' is not the name of a field");
        }

        string? clause = words.Count == 3 + values ? words[^1] : null;
        bool isEarly = clause?.Equals("early", StringComparison.OrdinalIgnoreCase) ?? false;
        var edit = new FieldEdit(action, name, values == 0 ? null : FieldFormat.Parse(words[1 + values]), PatternOf(action, words))
        {
            Condition = clause is null || isEarly ? null : FieldCondition.Parse(clause),
            IsEarly = isEarly && IsOfServer(call),
        };
        if (action != FieldAction.Echo && EngineFields.Contains(name))
        {
            // Many configurations have such a line, where httpd overwrites what it set: it is no error.
            call.Warn($"{call.Name}: {name} is the server's own field; the directive does nothing"
                + (name.Equals("Server", StringComparison.OrdinalIgnoreCase) ? " (ServerTokens says what stands in it)" : ""));
            return;
        }

        call.Settings.Update(key, edits => edits.Add(edit));
    }

    private static bool IsOfServer(DirectiveCall call)
    {
        if (call.Scope.Kind is ScopeKind.Server or ScopeKind.VirtualHost)
        {
            return true;
        }

        call.Warn($"{call.Name}: early means nothing within a section, which is known only when the request has been looked at");
        return false;
    }

    private static ServerPattern? PatternOf(FieldAction action, IReadOnlyList<string> words)
    {
        string? text = action switch
        {
            FieldAction.Edit or FieldAction.EditAll => words[2],
            FieldAction.Echo => words[1],
            _ => null,
        };
        if (text is null)
        {
            return null;
        }

        // Names of fields have no case; httpd compares those of Echo as they are, which the client's spelling decides.
        PatternOptions options = action == FieldAction.Echo ? PatternOptions.IgnoreCase : PatternOptions.None;
        return ServerPattern.Parse(FieldText.Bytes(text), options, out string fault) ?? throw new FormatException($"Header {words[0]} regex could not be compiled: {fault}");
    }

    private static FieldAction ActionOf(string word) => word.ToUpperInvariant() switch
    {
        "SET" => FieldAction.Set,
        "SETIFEMPTY" => FieldAction.SetIfEmpty,
        "APPEND" => FieldAction.Append,
        "MERGE" => FieldAction.Merge,
        "ADD" => FieldAction.Add,
        "UNSET" => FieldAction.Unset,
        "EDIT" => FieldAction.Edit,
        "EDIT*" => FieldAction.EditAll,
        "ECHO" => FieldAction.Echo,
        "NOTE" => FieldAction.Note,
        _ => throw new FormatException("first argument must be 'add', 'set', 'setifempty', 'append', 'merge', 'unset', 'echo', 'note', 'edit', or 'edit*'."),
    };
}
