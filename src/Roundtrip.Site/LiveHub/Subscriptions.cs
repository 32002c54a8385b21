using System.Collections.Immutable;

namespace Roundtrip.Site.LiveHub;

/// <summary>One topic selector of one subscriber, as the subscriptions API tells it.</summary>
/// <param name="Payload">JSON that its token has for it; empty for none.</param>
internal sealed record Subscription(string Subscriber, string Selector, string Payload)
{
    /// <summary>Its topic and identifier below the hub's path: both parts encoded as one segment each.</summary>
    public string PathFrom(string hub) => $"{hub}/subscriptions/{Uri.EscapeDataString(Selector)}/{Uri.EscapeDataString(Subscriber)}";
}

/// <summary>Who is subscribed to what. Thread-safe.</summary>
internal sealed class Subscriptions
{
    private ImmutableHashSet<Subscription> _all = [];

    public IEnumerable<Subscription> All => Volatile.Read(ref _all);

    public void Add(Subscription subscription) => ImmutableInterlocked.Update(ref _all, static (all, one) => all.Add(one), subscription);

    public void Remove(Subscription subscription) => ImmutableInterlocked.Update(ref _all, static (all, one) => all.Remove(one), subscription);
}
