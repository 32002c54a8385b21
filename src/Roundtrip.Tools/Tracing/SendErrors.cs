using System.Runtime.InteropServices;

namespace Roundtrip.Tools.Tracing;

/// <summary>Why a probe could not be sent, as a sentence.</summary>
internal static class SendErrors
{
    // errno(3), asm-generic/errno.h.
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;
    public const int TooLong = 90;
    private const int NetUnreachable = 101;
    private const int HostUnreachable = 113;

    public static string Describe(int errno, TraceRequest request) => errno switch
    {
        NetUnreachable or HostUnreachable => $"no route to {request.Target.ToIPAddress()}",
        NotPermitted or AccessDenied => $"this machine does not let packets to {request.Target.ToIPAddress()} out: a rule of its firewall or routing forbids it",
        TooLong => $"packets of {request.PacketSize} bytes are too large for the link to {request.Target.ToIPAddress()}",
        _ => $"nothing can be sent to {request.Target.ToIPAddress()}: {Marshal.GetPInvokeErrorMessage(errno)}",
    };
}
