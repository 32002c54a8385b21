using System.Globalization;

namespace Roundtrip.Profile;

/// <summary>What the runtime has counted in a method: how often its blocks were run, and of which types and methods its virtual calls were.</summary>
/// <param name="Name">Type and method, as the runtime writes them.</param>
internal sealed record CountedMethod(string Name, int IlSize, bool IsGeneric, List<Counted> All)
{
    /// <summary>How often blocks of it were run.</summary>
    public long Runs => All.Where(counted => counted.Marshalled is Counted.FourBytes or Counted.EightBytes).Sum(counted => counted.Values.Sum(value => value.Number));
}

/// <summary>One kind of count at one place of a method: <c>ICorJitInfo::PgoInstrumentationSchema</c> of the runtime's corjit.h.</summary>
internal sealed record Counted(int Kind, int IlOffset, int Other)
{
    /// <summary>The low four bits of a kind say what its values are.</summary>
    public const int FourBytes = 1, EightBytes = 2, Types = 3, Methods = 4;

    public int Marshalled => Kind & 0xF;

    public List<(long Number, string? Name)> Values { get; } = [];
}

/// <summary>Reads the text that the runtime writes at its end where DOTNET_WritePGOData=1: <c>PgoManager::WritePgoData</c> of its pgo.cpp. It is documented nowhere else, and may change with a major version.</summary>
internal static class RuntimeCounts
{
    private const string Begin = "@@@ codehash ", Name = "MethodName: ", Signature = "Signature: ", Schema = "Schema InstrumentationKind ";

    /// <exception cref="FormatException">The text is another.</exception>
    public static IEnumerable<CountedMethod> Read(IEnumerable<string> lines)
    {
        int ilSize = 0;
        string name = "";
        CountedMethod? method = null;
        foreach (string line in lines)
        {
            string[] words = line.Split(' ');
            if (line.StartsWith(Begin, StringComparison.Ordinal))
            {
                if (method is not null)
                {
                    yield return method;
                }

                method = null;
                ilSize = int.Parse(Word(words, 6)[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
            else if (line.StartsWith(Name, StringComparison.Ordinal))
            {
                name = line[Name.Length..];
            }
            else if (line.StartsWith(Signature, StringComparison.Ordinal))
            {
                method = new CountedMethod(name, ilSize, words.Contains("generic"), []);
            }
            else if (line.StartsWith(Schema, StringComparison.Ordinal) && method is not null)
            {
                method.All.Add(new Counted((int)Number(words, 2), (int)Number(words, 4), unchecked((int)Number(words, 8))));
            }
            else if (method is { All: [.., var last] } && ValueOf(line, words) is { } value)
            {
                last.Values.Add(value);
            }
        }

        if (method is not null)
        {
            yield return method;
        }
    }

    private static (long Number, string? Name)? ValueOf(string line, string[] words)
    {
        if (words[0] is "TypeHandle:" or "MethodHandle:")
        {
            return line[(words[0].Length + 1)..] switch { "NULL" => (0, null), "UNKNOWN" => (1, null), var name => (0, name) };
        }

        // Eight bytes are written as two numbers, the low one first.
        return line.Length == 0 || !char.IsAsciiDigit(line[0]) ? null : (Number(words, 0) + (words.Length > 1 ? Number(words, 1) << 32 : 0), null);
    }

    private static long Number(string[] words, int at) => long.Parse(Word(words, at), CultureInfo.InvariantCulture);

    private static string Word(string[] words, int at) => at < words.Length ? words[at] : throw new FormatException($"not as the runtime writes it: {string.Join(' ', words)}");
}
