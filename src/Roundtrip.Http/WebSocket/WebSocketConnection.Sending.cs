using Roundtrip.Http.WebSocket.Deflate;
using Roundtrip.Http.WebSocket.Frames;

namespace Roundtrip.Http.WebSocket;

// The way out: each message is one frame (RFC 6455 section 6.1).
public sealed partial class WebSocketConnection
{
    // Shorter messages gain nothing by compression.
    private const int LeastCompressed = 64;

    private readonly int _sendBits;
    private readonly bool _keepsSent;
    private History? _sent;

    /// <summary>Sends a message of text.</summary>
    /// <param name="utf8">Valid UTF-8: the peer fails the connection otherwise.</param>
    /// <returns>False where it is not sent: the WebSocket is closing.</returns>
    public bool SendText(ReadOnlySpan<byte> utf8) => SendMessage(Opcode.Text, utf8);

    /// <summary>Sends a message of bytes.</summary>
    /// <returns>False where it is not sent: the WebSocket is closing.</returns>
    public bool SendBinary(ReadOnlySpan<byte> content) => SendMessage(Opcode.Binary, content);

    /// <summary>Sends a message that was encoded for all that get it, from where it lies. Only a server does.</summary>
    /// <returns>False where it is not sent: the WebSocket is closing.</returns>
    public bool Send(EncodedMessage message)
    {
        if (_role == WebSocketRole.Client)
        {
            throw new InvalidOperationException("A client masks each frame anew.");
        }

        if (!IsOpen)
        {
            return false;
        }

        // What is compressed for itself reaches back no further than it is long.
        int length = message.Content.Length;
        byte[] frame = _deflate is not null && length >= LeastCompressed && length <= 1 << _sendBits ? message.Compressed(_resources) : message.Pinned;
        if (!ReferenceEquals(frame, message.Pinned))
        {
            // The receiver has it in its window now, and we have not: what is sent next does not look back.
            _sent?.Clear();
        }

        Output.WriteShared(frame, 0, frame.Length);
        return true;
    }

    /// <summary>Asks the peer for a Pong with the same payload, of 125 bytes at most.</summary>
    public bool Ping(ReadOnlySpan<byte> payload = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, FrameHeader.MaximumControlLength, nameof(payload));
        if (IsOpen)
        {
            WriteFrame(FrameHeader.Fin | (byte)Opcode.Ping, payload);
        }

        return IsOpen;
    }

    private bool SendMessage(Opcode opcode, ReadOnlySpan<byte> content)
    {
        if (!IsOpen)
        {
            return false;
        }

        if (_deflate is not null && content.Length >= LeastCompressed)
        {
            ReadOnlySpan<byte> history = _sent is null ? default : _sent.Bytes;
            ReadOnlySpan<byte> payload = _resources.Deflater.Deflate(history, content, _sendBits);
            if (payload.Length < content.Length)
            {
                WriteFrame((byte)(FrameHeader.Fin | FrameHeader.Rsv1 | (byte)opcode), payload);
                if (_keepsSent)
                {
                    (_sent ??= new History(_sendBits)).Append(content);
                }

                return true;
            }
        }

        WriteFrame((byte)(FrameHeader.Fin | (byte)opcode), content);
        return true;
    }

    private void WriteFrame(byte first, ReadOnlySpan<byte> payload)
    {
        uint? mask = _nextMask?.Invoke();
        Span<byte> room = Output.GetSpan(FrameHeader.MaximumSize);
        Output.Advance(FrameHeader.Write(room, first, payload.Length, mask));
        if (mask is not { } key)
        {
            Output.Write(payload);
            return;
        }

        int done = 0;
        while (done < payload.Length)
        {
            room = Output.GetSpan();
            int count = Math.Min(room.Length, payload.Length - done);
            Masking.Apply(payload.Slice(done, count), room, key, done);
            Output.Advance(count);
            done += count;
        }
    }
}
