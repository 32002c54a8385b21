using System.Runtime.InteropServices;
using Roundtrip.Interop;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Control;

/// <summary>sendmsg and recvmsg with SCM_RIGHTS: one packet, never part of one.</summary>
internal sealed unsafe class PacketSocket(OwnedDescriptor socket)
{
    private static readonly int ControlSize = sizeof(Libc.ControlHeader) + (ControlFrame.MaximumPerPacket * sizeof(int));

    private readonly byte[] _packet = new byte[ControlFrame.HeadLength + ControlFrame.MaximumInline];

    public SystemError? Send(ControlFrame frame, ReadOnlySpan<byte> payload, List<OwnedDescriptor> descriptors, long until)
    {
        byte[] packet = new byte[ControlFrame.HeadLength + payload.Length];
        frame.Write(packet);
        payload.CopyTo(packet.AsSpan(ControlFrame.HeadLength));
        byte* control = stackalloc byte[ControlSize];
        var header = (Libc.ControlHeader*)control;
        int length = sizeof(Libc.ControlHeader) + (descriptors.Count * sizeof(int));
        *header = new Libc.ControlHeader { Length = length, Level = Libc.SolSocket, Type = Libc.ScmRights };
        for (int i = 0; i < descriptors.Count; i++)
        {
            ((int*)(header + 1))[i] = descriptors[i].Number;
        }

        fixed (byte* first = packet)
        {
            var vector = new Libc.IoVector { Base = first, Length = packet.Length };
            var message = new Libc.MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (descriptors.Count > 0)
            {
                message.Control = control;
                message.ControlLength = length;
            }

            while (Libc.SendMsg(socket, &message, Libc.MsgNosignal | Libc.MsgDontwait) < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.Eagain && !PollSet.WaitFor(socket, Libc.PollOut, until))
                {
                    return SystemError.Of("sendmsg", Errno.Etimedout, "to a side that does not read");
                }

                if (errno is not (Errno.Eagain or Errno.Eintr))
                {
                    return SystemError.Of("sendmsg", errno);
                }
            }
        }

        GC.KeepAlive(descriptors);
        return null;
    }

    /// <param name="takesDescriptors">Where not, there is no room for them, and the kernel closes what comes.</param>
    /// <param name="descriptors">Gets what came, whether the packet is a good one or not.</param>
    /// <param name="packet">Valid until the next call.</param>
    public ControlResult Receive(bool takesDescriptors, List<OwnedDescriptor> descriptors, out ReadOnlySpan<byte> packet, out string? error)
    {
        packet = default;
        error = null;
        byte* control = stackalloc byte[ControlSize];
        nint count;
        Libc.MessageHeader message;
        fixed (byte* first = _packet)
        {
            do
            {
                var vector = new Libc.IoVector { Base = first, Length = _packet.Length };
                message = new Libc.MessageHeader { Vectors = &vector, VectorCount = 1 };
                if (takesDescriptors)
                {
                    message.Control = control;
                    message.ControlLength = ControlSize;
                }

                count = Libc.RecvMsg(socket, &message, Libc.MsgDontwait | Libc.MsgCmsgCloexec);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.Eintr);
        }

        if (count < 0 && Marshal.GetLastPInvokeError() == Errno.Eagain)
        {
            return ControlResult.Nothing;
        }

        // A packet of no bytes cannot be told from the end; nobody sends one, so it is one.
        if (count <= 0)
        {
            error = count < 0 ? SystemError.Last("recvmsg").Text : null;
            return ControlResult.Closed;
        }

        bool isForeign = TakeDescriptors(control, message.ControlLength, descriptors);
        error =
            (message.Flags & Libc.MsgTrunc) != 0 ? $"a packet of more than {_packet.Length} bytes"
            : (message.Flags & Libc.MsgCtrunc) != 0 ? "descriptors that were not asked for"
            : isForeign ? "control data that are not descriptors"
            : null;
        packet = _packet.AsSpan(0, (int)count);
        return error is null ? ControlResult.Message : ControlResult.Invalid;
    }

    // The kernel joins a packet's descriptors into one header; all headers are walked, so that none is left open.
    private static bool TakeDescriptors(byte* control, nint length, List<OwnedDescriptor> descriptors)
    {
        bool isForeign = false;
        nint at = 0;
        while (length - at >= sizeof(Libc.ControlHeader))
        {
            var header = (Libc.ControlHeader*)(control + at);
            if (header->Length < sizeof(Libc.ControlHeader) || header->Length > length - at)
            {
                break;
            }

            if (header->Level == Libc.SolSocket && header->Type == Libc.ScmRights)
            {
                int count = (int)(header->Length - sizeof(Libc.ControlHeader)) / sizeof(int);
                for (int i = 0; i < count; i++)
                {
                    descriptors.Add(OwnedDescriptor.Result(((int*)(header + 1))[i], "recvmsg"));
                }
            }
            else
            {
                isForeign = true;
            }

            at += (header->Length + sizeof(nint) - 1) & ~(nint)(sizeof(nint) - 1);
        }

        return isForeign;
    }
}
