using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Roundtrip.Transport.Epoll;

/// <summary>
/// The kernel's <c>struct epoll_event</c>: 32 bits of events and 64 bits of our own. It is packed to 12 bytes on x64 and naturally aligned,
/// 16 bytes, on arm64 (linux/eventpoll.h: EPOLL_PACKED), so it is read and written by offset and not as a structure.
/// </summary>
internal static class EpollEvents
{
    public static readonly int Size = SizeOn(RuntimeInformation.ProcessArchitecture);

    private static readonly int DataOffset = Size - sizeof(ulong);

    public static int SizeOn(Architecture architecture) => architecture == Architecture.X64 ? 12 : 16;

    public static void Write(Span<byte> item, uint events, ulong data)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(item, events);
        BinaryPrimitives.WriteUInt64LittleEndian(item[DataOffset..], data);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe uint EventsAt(byte* items, int index) => Unsafe.ReadUnaligned<uint>(items + index * Size);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe ulong DataAt(byte* items, int index) => Unsafe.ReadUnaligned<ulong>(items + index * Size + DataOffset);
}
