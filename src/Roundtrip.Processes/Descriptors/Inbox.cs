namespace Roundtrip.Processes.Descriptors;

/// <summary>
/// Messages for another process, which the kernel keeps until it takes them. Until then they can be taken back: this process holds the reading end too, and each message comes out once, at one of the two.
/// </summary>
public sealed class Inbox : IDisposable
{
    /// <summary>The longest message that can be put, in bytes: well below what a socket may hold by default.</summary>
    public const int LongestMessage = 64 * 1024;

    private readonly OwnedDescriptor _writer;

    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public Inbox() => (_writer, Reader) = DescriptorPair.PacketSockets();

    /// <summary>The end at which the other process takes messages; it is given a duplicate.</summary>
    public OwnedDescriptor Reader { get; }

    /// <summary>Puts a message behind those that are there. <see cref="StreamResult.WouldWait"/> is no room, <see cref="StreamResult.Closed"/> nobody who takes it.</summary>
    public StreamResult TryPut(ReadOnlySpan<byte> message) => DescriptorStream.TrySend(_writer, message, null);

    /// <summary>Takes back the oldest message that the other has not taken.</summary>
    /// <param name="message">Gets as much of its beginning as there is room for.</param>
    public bool TryTakeBack(Span<byte> message, out int count) => DescriptorStream.TryReceive(Reader, message, out count) == StreamResult.Done;

    public void Dispose()
    {
        _writer.Dispose();
        Reader.Dispose();
    }
}
