namespace Roundtrip.Transport;

/// <summary>Who is told of a <see cref="WatchedDescriptor"/>, on its loop.</summary>
public interface IDescriptorSink
{
    /// <summary>What was awaited has come, the other end is gone, or there is an error: reading or writing says which. It is told once for each <see cref="WatchedDescriptor.Await"/>.</summary>
    void OnReady(WatchedDescriptor descriptor);
}
