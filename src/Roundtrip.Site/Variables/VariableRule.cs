using System.Collections.Immutable;
using Roundtrip.Configuration.Expressions;
using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Site.Variables;

/// <summary>One SetEnvIf, SetEnvIfExpr or BrowserMatch.</summary>
/// <param name="Source">What it looks at; null where a <paramref name="Condition"/> is asked.</param>
/// <param name="Pattern">What the source's value must match.</param>
/// <param name="Condition">SetEnvIfExpr's expression.</param>
/// <param name="Changes">What is set, and unset, when it holds.</param>
internal sealed record VariableRule(VariableSource? Source, ServerPattern? Pattern, Expression? Condition, ImmutableArray<VariableChange> Changes);

/// <param name="Value">With <c>$1</c> and so on for what the pattern caught; null to unset it.</param>
internal readonly record struct VariableChange(string Name, string? Value)
{
    /// <summary>Reads <c>name</c>, <c>name=value</c> or <c>!name</c>. Without a value it is 1.</summary>
    public static VariableChange Parse(string word)
    {
        if (word.StartsWith('!'))
        {
            return new VariableChange(word[1..], null);
        }

        int equals = word.IndexOf('=');
        return equals < 0 ? new VariableChange(word, "1") : new VariableChange(word[..equals], word[(equals + 1)..]);
    }
}
