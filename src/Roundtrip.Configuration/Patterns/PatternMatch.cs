using System.Text.RegularExpressions;

namespace Roundtrip.Configuration.Patterns;

/// <summary>What a search came to.</summary>
public enum PatternOutcome : byte
{
    NotMatched,
    Matched,

    /// <summary>The time was up: an error, and never to be taken for a match or for none.</summary>
    TimedOut,
}

/// <summary>The outcome of a search with what its groups caught. The default value is "not matched".</summary>
public readonly struct PatternMatch
{
    private readonly Match? _match;

    internal PatternMatch(PatternOutcome outcome, Match? match)
    {
        Outcome = outcome;
        _match = match;
    }

    public PatternOutcome Outcome { get; }

    public bool IsMatch => Outcome == PatternOutcome.Matched;

    /// <summary>Where the match begins in the input; -1 without one.</summary>
    public int Index => IsMatch ? _match!.Index : -1;

    /// <summary>How long the match is; 0 without one.</summary>
    public int Length => IsMatch ? _match!.Length : 0;

    /// <summary>What a group caught, 0 being the whole match; empty for a group that took no part or does not exist, as httpd writes it.</summary>
    public string Group(int number) => IsMatch && number < _match!.Groups.Count ? _match.Groups[number].Value : "";
}
