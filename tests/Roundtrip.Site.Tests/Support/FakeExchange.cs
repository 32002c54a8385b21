using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Site.Tests.Support;

/// <summary>An exchange that keeps what is answered. <see cref="Renew"/> makes it serve the same request again without allocating.</summary>
internal sealed class FakeExchange : Exchange
{
    private readonly System.Buffers.ArrayBufferWriter<byte> _content = new();
    private readonly FakeConnection _connection = new();

    /// <param name="head">A request head, lines ended by LF; the final empty line may be left out.</param>
    public FakeExchange(string head)
    {
        Generation = 1;
        SetRequest(head);
    }

    public override IConnectionHost Connection => _connection;

    public FakeConnection FakeConnection => _connection;

    public override bool HasBody => false;

    public override long BodyLength => 0;

    public override bool LimitBody(long limit) => true;

    public override void UseLimits(HttpLimits limits) => _connection.UseLimits(limits);

    public override FieldBuffer? RequestTrailers => Trailers;

    public FieldBuffer? Trailers { get; set; }

    public bool IsComplete { get; private set; }

    public FieldBlock Shared { get; private set; } = FieldBlock.Empty;

    public long AnnouncedLength { get; private set; }

    public string ConnectionOption { get; set; } = "";

    public override ReadOnlySpan<byte> SentConnectionOption => ConnectionOption.Length == 0 ? [] : Encoding.ASCII.GetBytes(ConnectionOption);

    public override long BytesReceived => Request.Length;

    /// <summary>Whether content is kept.</summary>
    public bool Keeps { get; set; } = true;

    public byte[] Content => _content.WrittenSpan.ToArray();

    public string Text => Encoding.Latin1.GetString(Content);

    public override bool CanWrite => true;

    public override bool CanUpgrade => false;

    public static FakeExchange Get(string target, params string[] fields) =>
        new($"GET {target} HTTP/1.1\nHost: localhost\n" + string.Concat(fields.Select(field => field + "\n")));

    /// <summary>A field of the response, or null.</summary>
    public string? Field(string name)
    {
        foreach (string line in (Encoding.Latin1.GetString(Shared.Http1Lines) + Encoding.Latin1.GetString(ResponseFields.Http1Lines)).Split("\r\n"))
        {
            if (line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))
            {
                return line[(name.Length + 2)..];
            }
        }

        return null;
    }

    public void Renew()
    {
        Generation++;
        Status = 0;
        ContentSent = 0;
        EndReason = EndReason.None;
        IsComplete = false;
        ResponseFields.Clear();
        _content.ResetWrittenCount();
    }

    public void SetStarted(long at) => StartedAt = at;

    public void SetSent(long bytes, long contentLength, int index)
    {
        (BytesSent, SentContentLength, IndexOnConnection) = (bytes, contentLength, index);
    }

    /// <summary>On the clock of Stopwatch.</summary>
    public void SetTimestamps(long started, long responded) => (StartedTimestamp, RespondedTimestamp) = (started, responded);

    public void End(EndReason reason, int status = 0, long sent = 0)
    {
        EndReason = reason;
        Status = status == 0 ? Status : status;
        ContentSent += sent;
    }

    public override BodyRead ReadBody(Span<byte> destination) => new(BodyReadStatus.End);

    /// <summary>The interim responses: status and field lines.</summary>
    public List<string> Interim { get; } = [];

    public override void Inform(int status, FieldBlock fields)
    {
        Assert.False(HasResponded);
        Interim.Add($"{status} {Encoding.Latin1.GetString(fields.Http1Lines)}");
    }

    public bool Closes { get; private set; }

    public override void DoNotPersist() => Closes = true;

    public override void Respond(int status, FieldBlock fields, long contentLength = UnknownLength)
    {
        // Not Assert.Equal, which allocates.
        Assert.False(HasResponded);
        Assert.True(EndReason == EndReason.None);
        (Status, Shared, SharedFields, AnnouncedLength) = (status, fields, fields, contentLength);
    }

    public override int Write(ReadOnlySpan<byte> content)
    {
        ContentSent += content.Length;
        if (Keeps)
        {
            System.Buffers.BuffersExtensions.Write(_content, content);
        }

        return content.Length;
    }

    public override void WriteShared(byte[] pinned, int offset, int count)
    {
        if (Request.Method != Method.Head)
        {
            Write(pinned.AsSpan(offset, count));
        }
    }

    public override void WriteFile(FileBody file, long offset, long count)
    {
        if (!Keeps)
        {
            ContentSent += count;
            return;
        }

        byte[] bytes = new byte[count];
        for (int at = 0; at < count;)
        {
            FileReadResult result = file.Read(offset + at, bytes.AsSpan(at));
            if (result.Status == FileReadStatus.NotInMemory)
            {
                file.Warm(offset + at, count - at);
                continue;
            }

            Assert.Equal(FileReadStatus.Read, result.Status);
            at += result.Count;
        }

        Write(bytes);
    }

    public override void Complete()
    {
        Assert.True(HasResponded);
        if (Keeps && Request.Method != Method.Head && Status != 304 && AnnouncedLength != UnknownLength)
        {
            Assert.Equal(AnnouncedLength, ContentSent);
        }

        IsComplete = true;
        EndReason = EndReason.Completed;
    }

    public override void EndWriting() => throw new NotSupportedException();

    public override void Abort(EndReason reason, ErrorOrigin origin = ErrorOrigin.Handler) => EndReason = reason;

    public override void AcceptUpgrade(ReadOnlySpan<byte> protocol, FieldBlock fields) => throw new NotSupportedException();

    private void SetRequest(string head)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(head);
        Request.Locate(bytes, 0);
        Request.Length = bytes.Length;
        if (bytes.Length == 0)
        {
            return;
        }

        string[] lines = head.TrimEnd('\n').Split('\n');
        int firstSpace = lines[0].IndexOf(' ', StringComparison.Ordinal);
        int lastSpace = lines[0].LastIndexOf(' ');
        string name = lines[0][..firstSpace];
        Request.SetMethod(Enum.TryParse(name, ignoreCase: true, out Method method) && name.Length > 2 ? method : Method.Other, new Slice(0, firstSpace));
        int targetEnd = lastSpace == firstSpace ? lines[0].Length : lastSpace;
        Request.Version = lastSpace == firstSpace ? ProtocolVersion.Http09
            : lines[0].EndsWith("1.0", StringComparison.Ordinal) ? ProtocolVersion.Http10
            : lines[0].EndsWith("HTTP/2", StringComparison.Ordinal) ? ProtocolVersion.Http2 : ProtocolVersion.Http11;
        if (Request.Version != ProtocolVersion.Http2)
        {
            Request.SetLine(new Slice(0, lines[0].Length));
        }

        int start = firstSpace + 1;
        int question = lines[0].IndexOf('?', StringComparison.Ordinal);
        int pathEnd = question < 0 ? targetEnd : question;
        Request.SetTarget(
            new Slice(start, targetEnd - start), new Slice(start, pathEnd - start),
            question < 0 ? default : new Slice(question + 1, targetEnd - question - 1), question >= 0);
        int at = lines[0].Length + 1;
        foreach (string line in lines.Skip(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string value = line[(colon + 1)..];
            var slice = new Slice(at + colon + 1 + value.Length - value.TrimStart().Length, value.Trim().Length);
            KnownField known = KnownFields.Find(Encoding.Latin1.GetBytes(line[..colon]));
            Request.AddField(new Slice(at, colon), slice, known);
            if (known == KnownField.Host)
            {
                Request.SetAuthority(slice);
            }

            at += line.Length + 1;
        }
    }
}
