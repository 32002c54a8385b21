using System.Text.Json;
using Roundtrip.Live.Carriers;

namespace Roundtrip.Site.LiveHub;

/// <summary>The documents of Mercure's subscriptions API, in JSON-LD.</summary>
internal static class SubscriptionsAnswer
{
    private const string Context = "https://mercure.rocks/";

    public static byte[] One(Subscription subscription, string hub, bool isActive) => LiveJson.Write(writer =>
    {
        writer.WriteString("@context", Context);
        Write(writer, subscription, hub, isActive);
    });

    /// <param name="path">The URL's path, which is the collection's id.</param>
    public static byte[] Collection(IEnumerable<Subscription> subscriptions, string hub, string path, string lastId) => LiveJson.Write(writer =>
    {
        writer.WriteString("@context", Context);
        writer.WriteString("id", path);
        writer.WriteString("type", "Subscriptions");
        writer.WriteString("lastEventID", lastId);
        writer.WriteStartArray("subscriptions");
        foreach (Subscription subscription in subscriptions)
        {
            writer.WriteStartObject();
            Write(writer, subscription, hub, isActive: true);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter writer, Subscription subscription, string hub, bool isActive)
    {
        writer.WriteString("id", subscription.PathFrom(hub));
        writer.WriteString("type", "Subscription");
        writer.WriteString("subscriber", subscription.Subscriber);
        writer.WriteString("topic", subscription.Selector);
        writer.WriteBoolean("active", isActive);
        if (subscription.Payload.Length > 0)
        {
            writer.WritePropertyName("payload");
            writer.WriteRawValue(subscription.Payload);
        }
    }
}
