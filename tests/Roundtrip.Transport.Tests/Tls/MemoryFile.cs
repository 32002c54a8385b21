using Roundtrip.Core;

namespace Roundtrip.Transport.Tests.Tls;

/// <summary>A file of which the test says what is in memory, and when it changes.</summary>
internal sealed class MemoryFile(byte[] content) : FileBody
{
    public override long Length => content.Length;

    /// <summary>Bytes from here on are not in memory.</summary>
    public long WarmUntil { get; set; } = long.MaxValue;

    public long LargestRead { get; set; } = long.MaxValue;

    public FileReadStatus FailWith { get; set; }

    public bool Unchanged { get; set; } = true;

    public bool IsClosed { get; private set; }

    /// <summary>Whether its content can be had without reading it.</summary>
    public bool IsKept
    {
        get => Content is not null;
        set => Content = value ? content : null;
    }

    public override FileReadResult Read(long offset, Span<byte> destination)
    {
        if (FailWith != FileReadStatus.Read)
        {
            return new FileReadResult(FailWith);
        }

        int count = (int)Math.Min(Math.Min(destination.Length, LargestRead), Math.Min(WarmUntil, content.Length) - offset);
        if (count <= 0)
        {
            return new FileReadResult(FileReadStatus.NotInMemory);
        }

        content.AsSpan((int)offset, count).CopyTo(destination);
        return new FileReadResult(FileReadStatus.Read, count);
    }

    public override void Warm(long offset, long length) => WarmUntil = offset + length;

    public override bool IsUnchanged() => Unchanged;

    protected override void Close() => IsClosed = true;
}
