using System.Buffers.Binary;

namespace Roundtrip.Site.Wsgi.Protocol;

/// <summary>
/// Reads a worker's answer to one request: the frames of a channel, one after the other. It keeps no bytes: heads and numbers are read where they lie whole, content as it comes. What is no
/// frame, out of order or of another request is a fault, after which nothing that the worker says is believed.
/// </summary>
/// <param name="maximumHead">The most bytes that a response's head may have.</param>
internal sealed class ResponseReader(int maximumHead)
{
    /// <summary>The most bytes of a head where no directive says it (WSGIHeaderBufferSize): status, names and values. mod_wsgi's default of 32 KiB is too little for some applications' cookies.</summary>
    public const int DefaultMaximumHead = 128 * 1024;

    private long _request;
    private long _contentLeft;
    private int _sharedLeft;
    private bool _hasHead;
    private bool _isLast;

    /// <summary>Of a head the status, then names and values, parted by NUL; of hints names and values. Valid until the next call, in the bytes that were given.</summary>
    public Range Text { get; private set; }

    /// <summary>Whether the head's frame is the whole response, with <see cref="ContentLeft"/> bytes of content.</summary>
    public bool IsAllHere => _isLast;

    /// <summary>How many bytes of content the frame still has.</summary>
    public long ContentLeft => _contentLeft;

    /// <summary>How many of the bytes that were given are content; <see cref="Took"/> says how many of them were used.</summary>
    public int Available { get; private set; }

    /// <summary>How many bytes of content in the ring were told and not taken; <see cref="TookShared"/> says how many are.</summary>
    public int SharedLeft => _sharedLeft;

    /// <summary>Where the stretch begins in its file, and how long it is.</summary>
    public (long Offset, long Length) Stretch { get; private set; }

    public uint Credit { get; private set; }

    public string Fault { get; private set; } = "";

    /// <summary>Whether the response is complete, or can never be.</summary>
    public bool HasEnded { get; private set; } = true;

    /// <summary>Begins to read the answer to another request.</summary>
    public void Begin(long request)
    {
        (_request, _contentLeft, _sharedLeft, _hasHead, _isLast, HasEnded) = (request, 0, 0, false, false, false);
    }

    /// <summary>The next step.</summary>
    /// <param name="input">All bytes that were given before and not used, and what came behind them.</param>
    /// <param name="used">How many of them need not be given again. Of content, what <see cref="Took"/> says is added by the caller.</param>
    public ResponseStep Next(ReadOnlySpan<byte> input, out int used)
    {
        used = 0;
        while (true)
        {
            if (_contentLeft > 0)
            {
                Available = (int)Math.Min(_contentLeft, input.Length - used);
                return Available > 0 ? ResponseStep.Content : ResponseStep.NeedMore;
            }

            if (_sharedLeft > 0)
            {
                return ResponseStep.Shared;
            }

            if (_isLast)
            {
                HasEnded = true;
                return ResponseStep.End;
            }

            ReadOnlySpan<byte> rest = input[used..];
            if (rest.Length < FrameHeader.Size)
            {
                return ResponseStep.NeedMore;
            }

            ResponseStep step = Read(FrameHeader.Read(rest), rest, used, out int length);
            used += length;
            if (length == 0 || step != ResponseStep.NeedMore)
            {
                return step;
            }
        }
    }

    /// <summary>Content was used.</summary>
    public void Took(int count) => _contentLeft -= count;

    /// <summary>Content in the ring was used.</summary>
    public void TookShared(int count) => _sharedLeft -= count;

    // NeedMore with a length is a frame that is done with and says nothing by itself.
    private ResponseStep Read(in FrameHeader frame, ReadOnlySpan<byte> bytes, int at, out int length)
    {
        length = 0;
        if (frame.Stream != 0)
        {
            return Wrong("a frame of a stream, of which there is none");
        }

        if (frame.Request != _request)
        {
            return OfAnother(frame, bytes, out length);
        }

        return frame.Kind switch
        {
            FrameKind.Response => ReadHead(frame, bytes, at, out length),
            FrameKind.Data => ReadData(frame, out length),
            FrameKind.Shared => ReadShared(frame, bytes, out length),
            FrameKind.File => ReadFile(frame, bytes, out length),
            FrameKind.End => ReadEnd(frame, out length),
            FrameKind.Hints => ReadHints(frame, bytes, at, out length),
            FrameKind.Credit => ReadCredit(frame, bytes, out length),
            _ => Wrong("a frame of no known kind"),
        };
    }

    // An application may ask for content when its response is complete, in close(): that comes when the next request has begun.
    private ResponseStep OfAnother(in FrameHeader frame, ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (frame.Kind != FrameKind.Credit || frame.Length != sizeof(uint) || frame.Request >= _request)
        {
            return Wrong("a frame of another request");
        }

        length = bytes.Length < FrameHeader.Size + sizeof(uint) ? 0 : FrameHeader.Size + sizeof(uint);
        return ResponseStep.NeedMore;
    }

    private ResponseStep ReadHead(in FrameHeader frame, ReadOnlySpan<byte> bytes, int at, out int length)
    {
        const int Before = FrameHeader.Size + sizeof(uint);
        length = 0;
        if (_hasHead || frame.Length < sizeof(uint))
        {
            return Wrong(_hasHead ? "a second response" : "a response without the length of its head");
        }

        if (bytes.Length < Before)
        {
            return ResponseStep.NeedMore;
        }

        uint head = BinaryPrimitives.ReadUInt32LittleEndian(bytes[FrameHeader.Size..]);
        if (head > frame.Length - sizeof(uint) || head > maximumHead)
        {
            return Wrong(head > maximumHead ? $"a response's head of {head} bytes, which is more than {maximumHead}" : "a head that is longer than its frame");
        }

        if (bytes.Length < Before + (int)head)
        {
            return ResponseStep.NeedMore;
        }

        length = Before + (int)head;
        Text = new Range(at + Before, at + length);
        _hasHead = true;
        _contentLeft = frame.Length - sizeof(uint) - head;
        _isLast = (frame.Flags & FrameFlags.Last) != 0;
        return ResponseStep.Head;
    }

    private ResponseStep ReadData(in FrameHeader frame, out int length)
    {
        length = 0;
        if (!_hasHead)
        {
            return Wrong("content before the response's head");
        }

        length = FrameHeader.Size;
        _contentLeft = frame.Length;
        _isLast = (frame.Flags & FrameFlags.Last) != 0;
        return ResponseStep.NeedMore;
    }

    private ResponseStep ReadShared(in FrameHeader frame, ReadOnlySpan<byte> bytes, out int length)
    {
        const int Whole = FrameHeader.Size + sizeof(uint);
        length = 0;
        if (!_hasHead || frame.Length != Whole - FrameHeader.Size)
        {
            return Wrong(_hasHead ? "content in memory without its length" : "content before the response's head");
        }

        if (bytes.Length < Whole)
        {
            return ResponseStep.NeedMore;
        }

        uint count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[FrameHeader.Size..]);
        if (count > SharedLayout.RingSize)
        {
            return Wrong("more content in memory than its ring has room for");
        }

        length = Whole;
        _sharedLeft = (int)count;
        _isLast = (frame.Flags & FrameFlags.Last) != 0;
        return ResponseStep.NeedMore;
    }

    private ResponseStep ReadFile(in FrameHeader frame, ReadOnlySpan<byte> bytes, out int length)
    {
        const int Whole = FrameHeader.Size + (2 * sizeof(long));
        length = 0;
        if (!_hasHead || frame.Length != Whole - FrameHeader.Size)
        {
            return Wrong(_hasHead ? "a file's frame of a wrong length" : "a file before the response's head");
        }

        if (bytes.Length < Whole)
        {
            return ResponseStep.NeedMore;
        }

        Stretch = (BinaryPrimitives.ReadInt64LittleEndian(bytes[FrameHeader.Size..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[(FrameHeader.Size + sizeof(long))..]));
        if (Stretch.Offset < 0 || Stretch.Length < 0)
        {
            return Wrong("a stretch of a file that none can have");
        }

        length = Whole;
        _isLast = (frame.Flags & FrameFlags.Last) != 0;
        return ResponseStep.File;
    }

    private ResponseStep ReadEnd(in FrameHeader frame, out int length)
    {
        length = 0;
        bool hasFailed = (frame.Flags & FrameFlags.Failed) != 0;
        if (frame.Length != 0 || (!_hasHead && !hasFailed))
        {
            return Wrong(frame.Length != 0 ? "an end with a payload" : "an end without a response");
        }

        length = FrameHeader.Size;
        HasEnded = true;
        return hasFailed ? ResponseStep.Failed : ResponseStep.End;
    }

    private ResponseStep ReadHints(in FrameHeader frame, ReadOnlySpan<byte> bytes, int at, out int length)
    {
        length = 0;
        if (_hasHead || frame.Length > maximumHead)
        {
            return Wrong(_hasHead ? "an interim response behind the final one" : "an interim response that is too long");
        }

        if (bytes.Length < FrameHeader.Size + (int)frame.Length)
        {
            return ResponseStep.NeedMore;
        }

        length = FrameHeader.Size + (int)frame.Length;
        Text = new Range(at + FrameHeader.Size, at + length);
        return ResponseStep.Hints;
    }

    private ResponseStep ReadCredit(in FrameHeader frame, ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (frame.Length != sizeof(uint))
        {
            return Wrong("a credit of a wrong length");
        }

        if (bytes.Length < FrameHeader.Size + sizeof(uint))
        {
            return ResponseStep.NeedMore;
        }

        Credit = BinaryPrimitives.ReadUInt32LittleEndian(bytes[FrameHeader.Size..]);
        length = FrameHeader.Size + sizeof(uint);
        return ResponseStep.Credit;
    }

    private ResponseStep Wrong(string fault)
    {
        (Fault, HasEnded) = (fault, true);
        return ResponseStep.Fault;
    }
}
