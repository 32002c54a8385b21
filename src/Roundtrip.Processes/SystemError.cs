using System.Runtime.InteropServices;
using Roundtrip.Interop;

namespace Roundtrip.Processes;

/// <summary>A system call that failed: which one, on what, and why.</summary>
/// <param name="Call">Its name, as in section 2 of the manual.</param>
/// <param name="Number">errno; 0 where the fault is not the kernel's word.</param>
/// <param name="Text">A sentence for the log.</param>
public sealed record SystemError(string Call, int Number, string Text)
{
    public override string ToString() => Text;

    internal static SystemError Of(string call, int number, string? subject = null) =>
        new(call, number, subject is null ? $"{call}: {Libc.ErrorText(number)}" : $"{call} {subject}: {Libc.ErrorText(number)}");

    /// <summary>What the last call of this thread left in errno.</summary>
    internal static SystemError Last(string call, string? subject = null) => Of(call, Marshal.GetLastPInvokeError(), subject);

    /// <summary>A fault that the kernel did not name.</summary>
    internal static SystemError Plain(string call, string text) => new(call, 0, text);
}
