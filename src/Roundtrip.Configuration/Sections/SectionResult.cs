using Roundtrip.Configuration.Expressions;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Configuration.Sections;

/// <summary>What a walk over the sections gave.</summary>
/// <param name="Settings">The merged settings, those of If sections not among them.</param>
/// <param name="Conditions">The If sections that may apply: each request decides.</param>
public sealed record SectionResult(SettingBag Settings, IReadOnlyList<Section> Conditions)
{
    /// <summary>The sections that were merged, in that order.</summary>
    public IReadOnlyList<Section> Applied { get; init; } = [];

    /// <summary>Whether a regular expression took too long to say whether its section applies: then nothing may be served, since the section may forbid it.</summary>
    public bool IsUndecided { get; init; }

    /// <summary>Whether the same sections of one server were merged here and there, so that the settings are the same.</summary>
    public bool IsOfSameSections(SectionResult other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Applied.SequenceEqual(other.Applied, ReferenceEqualityComparer.Instance);
    }

    /// <summary>The settings with those of the If sections whose conditions hold for a request; null where one cannot be decided, so that nothing may be served.</summary>
    public SectionResult? Decide(IExpressionContext request)
    {
        var applied = new List<Section>(Applied);
        return Decide(Settings, Conditions, request, applied) is { } settings ? new SectionResult(settings, []) { Applied = applied } : null;
    }

    private static SettingBag? Decide(SettingBag settings, IReadOnlyList<Section> conditions, IExpressionContext request, List<Section> applied)
    {
        // ElseIf and Else look at the If and ElseIf before them.
        bool isDone = false;
        foreach (Section section in conditions)
        {
            isDone &= section.IsElse;
            if (isDone)
            {
                continue;
            }

            if (section.Condition is { } condition)
            {
                ExpressionResult result = condition.Evaluate(request);
                if (result.Fault is not null)
                {
                    return null;
                }

                if (!result.IsTrue)
                {
                    continue;
                }
            }

            isDone = true;
            applied.Add(section);
            SettingBag merged = SettingBag.Merge(settings, section.Settings);
            if (Decide(merged, [.. section.Nested.Where(n => n.Kind == ScopeKind.If)], request, applied) is not { } decided)
            {
                return null;
            }

            settings = decided;
        }

        return settings;
    }
}
