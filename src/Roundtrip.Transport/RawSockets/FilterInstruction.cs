using System.Runtime.InteropServices;

namespace Roundtrip.Transport.RawSockets;

/// <summary>An instruction of the classic BPF (struct sock_filter, linux/filter.h): the kernel runs them for each packet before it wakes anybody.</summary>
/// <param name="Code">What is done; see the constants.</param>
/// <param name="IfTrue">Instructions that a comparison that holds skips.</param>
/// <param name="IfFalse">Those that one that does not hold skips.</param>
/// <param name="Value">Where it loads from, what it compares with, or how much of the packet is kept.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FilterInstruction(ushort Code, byte IfTrue, byte IfFalse, uint Value)
{
    /// <summary>Loads four bytes at <see cref="Value"/>: BPF_LD | BPF_W | BPF_ABS.</summary>
    public const ushort LoadWord = 0x20;

    /// <summary>Two bytes: BPF_H.</summary>
    public const ushort LoadHalf = 0x28;

    /// <summary>One byte: BPF_B.</summary>
    public const ushort LoadByte = 0x30;

    /// <summary>Sets the index to the length of IPv4's header at <see cref="Value"/>: BPF_LDX | BPF_B | BPF_MSH.</summary>
    public const ushort IndexBehindHeader = 0xb1;

    /// <summary>Added to a load: from the index on (BPF_IND in place of BPF_ABS).</summary>
    public const ushort FromIndex = 0x20;

    /// <summary>Compares what was loaded: BPF_JMP | BPF_JEQ | BPF_K.</summary>
    public const ushort IfEqual = 0x15;

    /// <summary>Keeps <see cref="Value"/> bytes of the packet, or drops it: BPF_RET | BPF_K.</summary>
    public const ushort Return = 0x06;
}
