using System.Globalization;
using System.Text;
using System.Text.Json;
using Roundtrip.Http.StructuredFields;

namespace Roundtrip.Http.Tests.StructuredFields;

/// <summary>All vectors of the working group.</summary>
public class VectorTests
{
    public static TheoryData<string> Files() => [.. Names("")];

    public static TheoryData<string> SerialisationFiles() => [.. Names("serialisation-tests")];

    [Theory]
    [MemberData(nameof(Files))]
    public void What_must_be_parsed_is_parsed_and_what_must_fail_fails(string file)
    {
        Vector[] vectors = Vector.In(file);

        Assert.NotEmpty(vectors);
        foreach (Vector vector in vectors)
        {
            string? parsed = Rendering.Of(vector.Type, vector.Raw);
            if (vector.MustFail)
            {
                Assert.True(parsed is null, $"{vector.Name}: {parsed}");
            }
            else if (parsed is not null || !vector.CanFail)
            {
                Assert.Equal(vector.Render(), parsed);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    [MemberData(nameof(SerialisationFiles))]
    public void What_can_be_written_is_written_in_its_canonical_form(string file)
    {
        foreach (Vector vector in Vector.In(file))
        {
            if (vector.Json.TryGetProperty("expected", out _))
            {
                string? written = Write(vector);
                Assert.Equal((vector.Name, vector.MustFail ? null : Encoding.UTF8.GetString(vector.Canonical)), (vector.Name, written));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void What_does_not_fit_its_destination_is_not_valid(string file)
    {
        foreach (Vector vector in Vector.In(file).Where(vector => !vector.MustFail && vector.Canonical.Length is > 0 and < 100))
        {
            Assert.Null(Write(vector, vector.Canonical.Length - 1));
            Assert.NotNull(Write(vector, vector.Canonical.Length));
        }
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory.GetFiles(Path.Combine(Vector.Folder(), folder), "*.json").Select(file => Path.Combine(folder, Path.GetFileName(file))).Order(StringComparer.Ordinal);

    private static string? Write(Vector vector, int room = 200_000)
    {
        var writer = new StructuredFieldWriter(new byte[room]);
        IEnumerable<JsonElement> elements = vector.Type == "item" ? [vector.Expected] : vector.Expected.EnumerateArray();
        foreach (JsonElement element in elements)
        {
            switch (vector.Type)
            {
                case "list":
                    writer.Member();
                    WriteMember(ref writer, element);
                    break;
                case "dictionary":
                    writer.Key(Encoding.UTF8.GetBytes(element[0].GetString()!));
                    WriteMember(ref writer, element[1]);
                    break;
                default:
                    WriteMember(ref writer, element);
                    break;
            }
        }

        return writer.IsValid ? Encoding.ASCII.GetString(writer.Written) : null;
    }

    private static void WriteMember(ref StructuredFieldWriter writer, JsonElement member)
    {
        if (member[0].ValueKind == JsonValueKind.Array)
        {
            writer.BeginInnerList();
            foreach (JsonElement item in member[0].EnumerateArray())
            {
                WriteMember(ref writer, item);
            }

            writer.EndInnerList();
        }
        else
        {
            WriteBare(ref writer, member[0]);
        }

        foreach (JsonElement parameter in member[1].EnumerateArray())
        {
            writer.Parameter(Encoding.UTF8.GetBytes(parameter[0].GetString()!));
            WriteBare(ref writer, parameter[1]);
        }
    }

    private static void WriteBare(ref StructuredFieldWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number when Vector.IsDecimal(value):
                writer.Decimal(decimal.Parse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture));
                return;
            case JsonValueKind.Number:
                writer.Integer(value.GetInt64());
                return;
            case JsonValueKind.True or JsonValueKind.False:
                writer.Boolean(value.GetBoolean());
                return;
            case JsonValueKind.String:
                writer.String(Encoding.UTF8.GetBytes(value.GetString()!));
                return;
        }

        JsonElement content = value.GetProperty("value");
        switch (value.GetProperty("__type").GetString())
        {
            case "token":
                writer.Token(Encoding.UTF8.GetBytes(content.GetString()!));
                break;
            case "binary":
                writer.ByteSequence(Vector.FromBase32(content.GetString()!));
                break;
            case "date":
                writer.Date(content.GetInt64());
                break;
            default:
                writer.DisplayString(Encoding.UTF8.GetBytes(content.GetString()!));
                break;
        }
    }
}
