using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Control;

/// <summary>One message that came: its kind, its bytes, its descriptors. Whoever keeps a descriptor takes it out of the array or does not dispose the message.</summary>
public sealed class ControlMessage(byte kind, byte[] payload, OwnedDescriptor[] descriptors) : IDisposable
{
    public byte Kind => kind;

    public ReadOnlyMemory<byte> Payload => payload;

    public IReadOnlyList<OwnedDescriptor> Descriptors => descriptors;

    public void Dispose()
    {
        foreach (OwnedDescriptor descriptor in descriptors)
        {
            descriptor.Dispose();
        }
    }
}

/// <summary>What a receiver puts up with. Anything beyond it ends the connection.</summary>
/// <param name="Kinds">The kinds that it knows.</param>
/// <param name="MaximumPayload">Bytes. More than <see cref="ControlFrame.MaximumInline"/> comes by memfd, and only where descriptors may come at all.</param>
/// <param name="MaximumDescriptors">0: the kernel is given no room for any, so that none is ever installed.</param>
public sealed record ControlRules(IReadOnlySet<byte> Kinds, int MaximumPayload, int MaximumDescriptors);

/// <summary>What came of an attempt to receive.</summary>
public enum ControlResult
{
    Message,

    /// <summary>There is nothing to read, or not the whole of a message yet.</summary>
    Nothing,

    /// <summary>The other side has closed, or ended.</summary>
    Closed,

    /// <summary>The other side broke a rule. The channel is of no use any more.</summary>
    Invalid,
}
