namespace Roundtrip.Configuration.Directives;

/// <summary>A directive that a module has: where it may stand, what it takes, and what it does to the settings of its scope.</summary>
/// <param name="Name">As the manual spells it.</param>
/// <param name="Least">The least number of words.</param>
/// <param name="Most">The most; <see cref="int.MaxValue"/> for no limit.</param>
/// <param name="Usage">What it takes, in words: "seconds", "a file and a format".</param>
/// <param name="Apply">Throws <see cref="FormatException"/> with what is wrong with an argument: the message becomes the error of its line.</param>
public sealed record Directive(string Name, DirectiveContext Contexts, int Least, int Most, string Usage, Action<DirectiveCall> Apply)
{
    /// <summary>Whether it is a section, <c>&lt;Name …&gt;</c>, whose content its module reads by <see cref="DirectiveCall.ApplyChildren"/>.</summary>
    public bool IsSection { get; init; }

    /// <summary>Whether it is given its arguments as they stand, in <see cref="DirectiveCall.Raw"/>: an expression, for one.</summary>
    public bool IsRaw { get; init; }

    /// <summary>A directive with one argument that sets one setting.</summary>
    public static Directive Of<T>(string name, DirectiveContext contexts, string usage, Settings.SettingKey<T> key, Func<string, T> parse)
        where T : notnull => new(name, contexts, 1, 1, usage, call => call.Settings.Set(key, parse(call.Words[0])));
}
