using Roundtrip.Core;

namespace Roundtrip.Http.Tests;

/// <summary>A file that is an array.</summary>
public sealed class MemoryFile(byte[] content) : FileBody
{
    public bool IsClosed { get; private set; }

    public override long Length => content.Length;

    public override FileReadResult Read(long offset, Span<byte> destination)
    {
        int count = (int)Math.Min(destination.Length, content.Length - offset);
        content.AsSpan((int)offset, count).CopyTo(destination);
        return new FileReadResult(FileReadStatus.Read, count);
    }

    public override void Warm(long offset, long length)
    {
    }

    public override bool IsUnchanged() => true;

    protected override void Close() => IsClosed = true;
}
