using Roundtrip.Core;

namespace Roundtrip.Transport.Tls;

/// <summary>
/// Takes from the head of a queue what goes into the next record or records: in place where one segment fills a record, copied together where
/// neighbours are small (a response's head and its shared body make one record and one send), read where it is a file.
/// </summary>
internal static class PlaintextGathering
{
    // Stretches of a file that are read by one call: frames of HTTP/2 have 16 KiB each.
    private const int MaximumPlaces = 8;

    /// <param name="most">The most bytes to take, at least 1.</param>
    /// <param name="stopped">Why nothing was taken: the file's bytes are not in memory, are not what they were, or cannot be read.</param>
    /// <returns>The bytes, valid until the queue or the scratch memory is used again. Nothing is consumed.</returns>
    public static ReadOnlySpan<byte> Take(OutputQueue queue, TlsLoop loop, long most, out IoResult stopped)
    {
        stopped = IoResult.WouldBlock;
        ReadOnlySpan<OutputSegment> segments = queue.Segments;
        if ((segments.Length == 1 || segments[0].Length >= Math.Min(most, TlsConnection.MaximumRecord)) && segments[0].IsInMemory)
        {
            return segments[0].Span[..WholeRecords(segments, most)];
        }

        Span<byte> scratch = loop.Scratch.AsSpan(0, (int)Math.Min(most, TlsLoop.ScratchSize));

        // Where each piece will lie: what is in memory is copied there at once, the stretches of a file are read together, with what stands between them left out.
        Span<Range> places = stackalloc Range[MaximumPlaces];
        (int count, int files, long offset, long end) = (0, 0, 0, 0);
        FileBody? file = null;
        foreach (ref readonly OutputSegment segment in segments)
        {
            int length;
            if (!segment.IsInMemory)
            {
                FileBody next = segment.File!;
                if (files == MaximumPlaces || (file is not null && (next != file || segment.Offset != end)))
                {
                    break;
                }

                length = (int)Math.Min(segment.Length, scratch.Length - count);
                if (length == 0)
                {
                    break;
                }

                (file, offset, end) = (next, file is null ? segment.Offset : offset, segment.Offset + length);
                places[files++] = count..(count + length);
            }
            else
            {
                length = Copy(segment, scratch[count..Math.Min(scratch.Length, Math.Max(count, file is null ? TlsConnection.MaximumRecord : scratch.Length))]);
            }

            count += length;
            if (length < segment.Length)
            {
                break;
            }
        }

        return file is null ? scratch[..count] : scratch[..ReadFile(file, offset, scratch, places[..files], count, out stopped)];
    }

    // What lies behind the last whole record is left, to share a record with what follows it.
    private static int WholeRecords(ReadOnlySpan<OutputSegment> segments, long most)
    {
        int length = (int)Math.Min(segments[0].Length, most);
        return segments.Length > 1 && length > TlsConnection.MaximumRecord ? length - length % TlsConnection.MaximumRecord : length;
    }

    private static int Copy(in OutputSegment segment, Span<byte> destination)
    {
        ReadOnlySpan<byte> bytes = segment.Span[..(int)Math.Min(segment.Length, destination.Length)];
        bytes.CopyTo(destination);
        return bytes.Length;
    }

    // Gives how much stands in the scratch memory without a gap.
    private static int ReadFile(FileBody file, long offset, Span<byte> scratch, ReadOnlySpan<Range> places, int planned, out IoResult stopped)
    {
        stopped = IoResult.WouldBlock;
        int before = places[0].Start.Value;
        FileReadResult read = file.ReadScattered(offset, scratch, places);
        if (read.Status != FileReadStatus.Read)
        {
            stopped = IoResult.Of(read.Status);
            return before;
        }

        // The file may have been rewritten under the read: then these bytes are not those that were promised.
        if (!file.IsUnchanged())
        {
            stopped = IoResult.Failed(EndReason.ResponseSourceChanged);
            return 0;
        }

        int left = read.Count;
        foreach (Range place in places)
        {
            int length = place.End.Value - place.Start.Value;
            if (left < length)
            {
                return place.Start.Value + left;
            }

            left -= length;
        }

        return planned;
    }
}
