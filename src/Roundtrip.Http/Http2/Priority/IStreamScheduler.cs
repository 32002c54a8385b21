using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2.Priority;

/// <summary>
/// Decides whose frame is written next on one connection. It knows of streams only whether they are ready: whether they have bytes that their and the connection's windows let
/// go now. The order of calls: <see cref="Open"/>; then <see cref="SetReady"/>, <see cref="Next"/> and <see cref="Sent"/> any number of times; <see cref="Close"/>, after which
/// the stream's object serves another stream. What the client says of a stream may come before, between and after them. Nothing is allocated once as many streams were open as
/// ever will be.
/// </summary>
public interface IStreamScheduler
{
    /// <summary>A stream came to life: HEADERS opened it.</summary>
    /// <param name="streamId">Not open already.</param>
    /// <param name="priority">What its Priority field says over <see cref="StreamPriority.Default"/>; null where it has none.</param>
    /// <param name="owner">Whatever the caller wants to find in <see cref="ScheduledStream.Owner"/>.</param>
    ScheduledStream Open(int streamId, StreamPriority? priority, object? owner);

    /// <summary>The stream ended.</summary>
    void Close(ScheduledStream stream);

    /// <summary>Says whether the stream has bytes that may go now. Saying it again changes nothing.</summary>
    void SetReady(ScheduledStream stream, bool ready);

    /// <summary>The ready stream that goes next; the same until something changes. Null where none is ready.</summary>
    ScheduledStream? Next();

    /// <summary>Says that a frame of the stream was written: whichever stream that was, but before its <see cref="Close"/>.</summary>
    /// <param name="bytes">Its payload, 0 or more.</param>
    void Sent(ScheduledStream stream, int bytes);

    /// <summary>
    /// A PRIORITY frame, or the priority fields of HEADERS, which may be told before <see cref="Open"/>. The stream may be idle, open or closed (RFC 7540 section 5.3).
    /// </summary>
    /// <returns>No error, or PROTOCOL_ERROR of the stream that depends on itself, of which nothing has changed (RFC 7540 section 5.3.1).</returns>
    ProtocolError Reprioritize(int streamId, in PriorityFields fields);

    /// <summary>A PRIORITY_UPDATE frame. The stream may be idle, open or closed (RFC 9218 section 7.1).</summary>
    /// <param name="priority">What the frame says over <see cref="StreamPriority.Default"/>.</param>
    /// <returns>No error, or PROTOCOL_ERROR of the connection.</returns>
    ProtocolError Update(int streamId, StreamPriority priority);

    /// <summary>The response's own Priority field. What it says goes before all that the client has said and will say (RFC 9218 section 8).</summary>
    void Override(ScheduledStream stream, PriorityParameters response);
}
