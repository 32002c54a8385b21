using System.Runtime.InteropServices;
using Roundtrip.Interop;

namespace Roundtrip.Tools.Tracing;

/// <summary>Why a probe could not be sent, as a sentence.</summary>
internal static class SendErrors
{
    public static string Describe(int errno, TraceRequest request) => errno switch
    {
        Errno.Enetunreach or Errno.Ehostunreach => $"no route to {request.Target.ToIPAddress()}",
        Errno.Eperm or Errno.Eacces => $"this machine does not let packets to {request.Target.ToIPAddress()} out: a rule of its firewall or routing forbids it",
        Errno.Emsgsize => $"packets of {request.PacketSize} bytes are too large for the link to {request.Target.ToIPAddress()}",
        _ => $"nothing can be sent to {request.Target.ToIPAddress()}: {Marshal.GetPInvokeErrorMessage(errno)}",
    };
}
