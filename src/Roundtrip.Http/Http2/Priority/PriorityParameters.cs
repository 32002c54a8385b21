namespace Roundtrip.Http.Http2.Priority;

/// <summary>What a value of the Priority field says, each null where it says nothing (RFC 9218 section 4).</summary>
public readonly record struct PriorityParameters(int? Urgency, bool? IsIncremental)
{
    /// <summary>Section 8: what a response does not say stays as the client said it. In a request, what is not said is <see cref="StreamPriority.Default"/>.</summary>
    public StreamPriority Over(in StreamPriority other) => new(Urgency ?? other.Urgency, IsIncremental ?? other.IsIncremental);
}
