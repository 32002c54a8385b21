using Roundtrip.Live.Log;
using Roundtrip.Live.Topics;

namespace Roundtrip.Live.Subscribing;

/// <summary>What a subscriber asked for, and what its token lets it see.</summary>
/// <param name="Wanted">Of these topics; at least one.</param>
/// <param name="Allowed">Private messages only of these; none without a token.</param>
public sealed record Interest(IReadOnlyList<TopicSelector> Wanted, IReadOnlyList<TopicSelector> Allowed)
{
    public bool Covers(LiveMessage message) => MatchesAny(Wanted, message.Topics) && (!message.IsPrivate || MatchesAny(Allowed, message.Topics));

    /// <summary>Whether each topic that it wants is one of these, so that nothing more can come.</summary>
    public bool IsWithin(ClosedTopics closed)
    {
        for (int i = 0; i < Wanted.Count; i++)
        {
            if (!Wanted[i].IsExact || !closed.Contains(Wanted[i].Text))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MatchesAny(IReadOnlyList<TopicSelector> selectors, IReadOnlyList<string> topics)
    {
        // By number: an enumerator would be an allocation a delivery.
        for (int i = 0; i < selectors.Count; i++)
        {
            if (selectors[i].MatchesAny(topics))
            {
                return true;
            }
        }

        return false;
    }
}
