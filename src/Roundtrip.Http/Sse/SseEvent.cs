namespace Roundtrip.Http.Sse;

/// <summary>An event that came.</summary>
/// <param name="Name">Its type: <c>message</c> where the stream names none.</param>
/// <param name="Data">Its lines, with LF between them.</param>
/// <param name="LastEventId">The last id that the stream gave, with this event or before.</param>
public readonly record struct SseEvent(string Name, string Data, string LastEventId);
