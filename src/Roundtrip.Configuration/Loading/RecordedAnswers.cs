using System.Buffers.Binary;

namespace Roundtrip.Configuration.Loading;

/// <summary>
/// The answers of a source, and their form in bytes: <c>RTC1</c>, then for each answer a kind (<c>R</c>, <c>K</c>, <c>L</c> or <c>V</c>), the question and the answer. Numbers are 32 bits,
/// little-endian; a string is its length and its UTF-16 units, so that every string comes back as it was; -1 as a length stands for null.
/// </summary>
internal sealed class RecordedAnswers
{
    public readonly Dictionary<string, FileText> Texts = [];
    public readonly Dictionary<string, PathKind> Kinds = [];
    public readonly Dictionary<string, DirectoryNames> Names = [];
    public readonly Dictionary<string, string?> Variables = [];

    private const int Magic = 'R' | ('T' << 8) | ('C' << 16) | ('1' << 24);

    public byte[] ToBytes()
    {
        var bytes = new List<byte>();
        Write(bytes, Magic);
        foreach ((string path, FileText answer) in Texts)
        {
            WriteEntry(bytes, 'R', path, answer.Text, answer.Fault);
        }

        foreach ((string path, PathKind kind) in Kinds)
        {
            WriteEntry(bytes, 'K', path);
            Write(bytes, (int)kind);
        }

        foreach ((string path, DirectoryNames answer) in Names)
        {
            WriteEntry(bytes, 'L', path, answer.Fault);
            Write(bytes, answer.Names?.Count ?? -1);
            foreach (string name in answer.Names ?? [])
            {
                Write(bytes, name);
            }
        }

        foreach ((string name, string? value) in Variables)
        {
            WriteEntry(bytes, 'V', name, value);
        }

        return [.. bytes];
    }

    /// <returns>Null when the bytes are not a recording.</returns>
    public static RecordedAnswers? FromBytes(ReadOnlySpan<byte> bytes)
    {
        var answers = new RecordedAnswers();
        var reader = new Reader(bytes);
        if (reader.Int() != Magic)
        {
            return null;
        }

        while (!reader.IsDone)
        {
            answers.ReadOne(ref reader);
        }

        return reader.IsBroken ? null : answers;
    }

    private void ReadOne(ref Reader reader)
    {
        int kind = reader.Int();
        string question = reader.Text();
        switch (kind)
        {
            case 'R':
                Texts[question] = new FileText(reader.TextOrNull(), reader.Text());
                break;
            case 'K':
                int found = reader.Int();
                reader.Expect(found is >= 0 and <= (int)PathKind.Directory);
                Kinds[question] = (PathKind)found;
                break;
            case 'L':
                string fault = reader.Text();
                int count = reader.Int();
                List<string>? names = count < 0 ? null : [];
                for (int i = 0; i < count && !reader.IsBroken; i++)
                {
                    names!.Add(reader.Text());
                }

                Names[question] = new DirectoryNames(names, fault);
                break;
            case 'V':
                Variables[question] = reader.TextOrNull();
                break;
            default:
                reader.Expect(false);
                break;
        }
    }

    private static void WriteEntry(List<byte> bytes, char kind, params ReadOnlySpan<string?> texts)
    {
        Write(bytes, (int)kind);
        foreach (string? text in texts)
        {
            Write(bytes, text);
        }
    }

    private static void Write(List<byte> bytes, string? text)
    {
        Write(bytes, text?.Length ?? -1);
        foreach (char unit in text ?? "")
        {
            bytes.Add((byte)unit);
            bytes.Add((byte)(unit >> 8));
        }
    }

    private static void Write(List<byte> bytes, int value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(four, value);
        CollectionExtensions.AddRange(bytes, four);
    }

    /// <summary>Reads from the front; once something was not as it must be, it is at its end and broken.</summary>
    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public bool IsBroken { get; private set; }

        public readonly bool IsDone => IsBroken || _rest.IsEmpty;

        public void Expect(bool holds) => IsBroken |= !holds;

        public int Int()
        {
            if (IsBroken || !BinaryPrimitives.TryReadInt32LittleEndian(_rest, out int value))
            {
                IsBroken = true;
                return -1;
            }

            _rest = _rest[4..];
            return value;
        }

        public string Text()
        {
            string? text = TextOrNull();
            Expect(text is not null);
            return text ?? "";
        }

        public string? TextOrNull()
        {
            int length = Int();
            Expect(length >= -1 && length <= _rest.Length / 2);
            if (IsBroken || length < 0)
            {
                return null;
            }

            var text = new char[length];
            for (int i = 0; i < length; i++)
            {
                text[i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(_rest[(2 * i)..]);
            }

            _rest = _rest[(2 * length)..];
            return new string(text);
        }
    }
}
