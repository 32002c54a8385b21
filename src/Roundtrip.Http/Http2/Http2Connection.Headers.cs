using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2;

// Header blocks: one that comes in one frame is decoded where it lies; one that goes on in CONTINUATION is put together first, within bounds (CVE-2024-27316).
public abstract partial class Http2Connection
{
    private byte[]? _block;
    private int _blockLength;
    private int _blockFrames;
    private int _blockStream;
    private bool _blockEnds;
    private int _blockPromised;
    private long _blockBegan;
    private PriorityFields? _blockPriority;

    private bool IsInHeaderBlock => _blockFrames > 0;

    /// <summary>A header section has come.</summary>
    /// <param name="stream">The stream that it is on, or null for one that is to be opened.</param>
    /// <param name="section">Valid during the call.</param>
    /// <param name="blockLength">Its bytes on the wire, compressed.</param>
    private protected abstract void OnSection(int streamId, Http2Stream? stream, FieldSection section, bool endStream, PriorityFields? priority, int blockLength, long now);

    /// <summary>A promise has come.</summary>
    private protected abstract void OnPromise(Http2Stream? stream, int promisedStreamId, FieldSection section);

    private void OnHeaders(in FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        ProtocolError error = HeadersFrame.Read(header, payload, out HeadersFrame frame);
        if (error.IsError)
        {
            Fail(error);
            return;
        }

        _blockPriority = frame.Priority;
        _blockPromised = 0;
        BeginBlock(header, frame.Fragment, header.Has(FrameFlags.EndStream), now);
    }

    private void OnPushPromise(in FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        // RFC 9113 §8.4: a client cannot push; §6.6: and a server not to a client that said so.
        if (IsServer || !OurSettings.EnablePush)
        {
            Fail(EndReason.UnexpectedFrame, ErrorCode.ProtocolError);
            return;
        }

        ProtocolError error = PushPromiseFrame.Read(header, payload, out PushPromiseFrame frame);
        if (error.IsError)
        {
            Fail(error);
            return;
        }

        _blockPriority = null;
        _blockPromised = frame.PromisedStreamId;
        BeginBlock(header, frame.Fragment, endStream: false, now);
    }

    private void BeginBlock(in FrameHeader header, ReadOnlySpan<byte> fragment, bool endStream, long now)
    {
        _blockStream = header.StreamId;
        _blockEnds = endStream;
        if (header.Has(FrameFlags.EndHeaders))
        {
            DecodeBlock(fragment, now);
            return;
        }

        _blockFrames = 1;
        _blockBegan = now;
        AddFragment(fragment);
        Arm(Host.Limits.Head.DeadlineAt(now, 0));
    }

    private void OnContinuation(in FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        // A block that is a little longer than a section may be is still read, so that its request can be answered with 431.
        if (++_blockFrames > Http2Limits.HeaderFrames || _blockLength + payload.Length > Math.Min(2 * Host.Limits.RequestHead, BufferPool.MaximumSize))
        {
            Fail(EndReason.HeaderBlockTooLong, ErrorCode.EnhanceYourCalm);
            return;
        }

        AddFragment(payload);
        if (header.Has(FrameFlags.EndHeaders))
        {
            byte[] block = _block ?? [];
            _blockFrames = 0;
            DecodeBlock(block.AsSpan(0, _blockLength), now);
            ReleaseHeaderBlock();
        }
    }

    private void AddFragment(ReadOnlySpan<byte> fragment)
    {
        if (_block is null || _block.Length - _blockLength < fragment.Length)
        {
            byte[] larger = Host.Buffers.Rent(_blockLength + fragment.Length);
            _block.AsSpan(0, _blockLength).CopyTo(larger);
            ReleaseArray();
            _block = larger;
        }

        fragment.CopyTo(_block.AsSpan(_blockLength));
        _blockLength += fragment.Length;
    }

    private void DecodeBlock(ReadOnlySpan<byte> block, long now)
    {
        FieldSection section = Resources.Section;
        section.Begin(Host.Buffers, SectionLimits);
        EndReason error = Decoder.Decode(block, section);
        if (error != EndReason.None)
        {
            // RFC 9113 §4.3: a block that cannot be decoded leaves the two tables apart.
            Fail(error, ErrorCode.CompressionError);
        }
        else if (_blockPromised != 0)
        {
            Http2Stream? bearer = _streams.GetValueOrDefault(_blockStream);
            if (bearer is { State: StreamState.Open or StreamState.HalfClosedLocal } || _resets.Contains(_blockStream))
            {
                OnPromise(bearer, _blockPromised, section);
            }
            else
            {
                // RFC 9113 §6.6: the stream that bears a promise is one on which a response is still to come, or was before we reset it.
                Fail(EndReason.StreamStateViolated, ErrorCode.ProtocolError);
            }
        }
        else if (TryPlaceSection(out Http2Stream? stream))
        {
            OnSection(_blockStream, stream, section, _blockEnds, _blockPriority, block.Length, now);
        }

        section.Release(Host.Buffers);
    }

    // Whether the section's stream may have it: one that is open, or one that may be opened (then null).
    private bool TryPlaceSection(out Http2Stream? stream)
    {
        if (_streams.TryGetValue(_blockStream, out stream))
        {
            return IsAllowed(stream, _blockEnds ? StreamEvent.ReceiveHeadersAndEnd : StreamEvent.ReceiveHeaders);
        }

        if (IsIdle(_blockStream))
        {
            return MayBeOpenedByPeer(_blockStream);
        }

        // Ignored where we reset the stream and the peer did not know yet; having decoded it cost as much as the reset did.
        RefuseClosed(_blockStream);
        Spend(FloodKind.ProvokedResets, Host.Now);
        return false;
    }

    private void ReleaseHeaderBlock()
    {
        ReleaseArray();
        _blockLength = 0;
        _blockFrames = 0;
    }

    private void ReleaseArray()
    {
        if (_block is not null)
        {
            Host.Buffers.Return(_block);
            _block = null;
        }
    }
}
