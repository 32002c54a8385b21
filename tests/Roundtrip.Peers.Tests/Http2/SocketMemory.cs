using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Roundtrip.Core;

namespace Roundtrip.Peers.Tests.Http2;

/// <summary>What the system holds for a socket of this process.</summary>
internal static partial class SocketMemory
{
    private const int SolSocket = 1;
    private const int SoMemInfo = 55;

    /// <summary>
    /// Memory of what has arrived at the socket bound to <paramref name="local"/> and is not read, in bytes; also of what stands behind a packet that is missing, which no read can get.
    /// It is SK_MEMINFO_RMEM_ALLOC of linux/sock_diag.h.
    /// </summary>
    public static unsafe uint HeldBack(PeerAddress local)
    {
        byte* name = stackalloc byte[28];
        uint* memory = stackalloc uint[9];
        foreach (string entry in Directory.EnumerateFiles("/proc/self/fd"))
        {
            int descriptor = int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture);
            uint length = 28;
            if (getsockname(descriptor, name, &length) != 0 || Address(new ReadOnlySpan<byte>(name, 28)) != local)
            {
                continue;
            }

            length = 9 * sizeof(uint);
            Assert.True(getsockopt(descriptor, SolSocket, SoMemInfo, memory, &length) == 0, $"SO_MEMINFO: {Marshal.GetLastPInvokeErrorMessage()}");
            return memory[0];
        }

        throw new InvalidOperationException($"no socket of this process is bound to {local}");
    }

    private static PeerAddress Address(ReadOnlySpan<byte> name)
    {
        const ushort Inet = 2;
        return MemoryMarshal.Read<ushort>(name) == Inet
            ? PeerAddress.From(new IPAddress(name.Slice(4, 4)), (ushort)((name[2] << 8) | name[3]))
            : default;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int getsockname(int descriptor, byte* name, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int getsockopt(int descriptor, int level, int option, uint* value, uint* length);
}
