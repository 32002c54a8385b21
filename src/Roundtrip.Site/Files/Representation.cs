using System.Globalization;
using System.Text;
using Roundtrip.Configuration.Settings;
using Roundtrip.Http;
using Roundtrip.Site.Compression;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Files;

/// <summary>One form in which a resource is sent: the file itself or an encoded sibling, with its fields ready.</summary>
internal sealed class Representation
{
    private readonly string _contentType;
    private readonly bool _varies;
    private readonly byte[] _name;
    private readonly FileStamp _stamp;
    private readonly long _loadedAt;
    private FieldBlock? _partsFields;

    /// <param name="name">The file's path, by which its type is known; of the file itself, where this is an encoded sibling.</param>
    /// <param name="settings">What the configuration says of it.</param>
    /// <param name="content">All of it, in a pinned array, compressed where <paramref name="coding"/> says so; null where it is sent from <paramref name="file"/>.</param>
    /// <param name="file">The open file; null where <paramref name="content"/> is there.</param>
    /// <param name="loadedAt">The wall clock in milliseconds since 1970.</param>
    /// <param name="varies">Whether the resource has more than one representation.</param>
    public Representation(
        ContentCoding coding, byte[] name, SettingBag settings, FileStamp stamp, byte[]? content, NativeFile? file, long loadedAt, bool varies)
    {
        (Coding, Content, File, Length) = (coding, content, file, content?.Length ?? stamp.Size);
        (_name, _stamp, _loadedAt) = (name, stamp, loadedAt);
        string contentType = MediaTypes.Of(name, settings);
        (_contentType, _varies) = (contentType, varies);
        LastModified = Math.Min(FloorSeconds(stamp.Modified), loadedAt / 1000);
        EntityTag = Encoding.ASCII.GetBytes(MakeTag(coding, stamp, loadedAt, settings));
        Fields = contentType.Length > 0 ? MakeFields(("Content-Type", contentType)) : MakeFields();

        // RFC 9110 §15.4.5: with 304 go the fields that a cache needs, not those that describe the content that it has.
        NotModifiedFields = FieldBlock.Create([.. TagField(), .. VaryField()]);
    }

    public ContentCoding Coding { get; }

    public byte[]? Content { get; }

    public NativeFile? File { get; }

    public long Length { get; }

    /// <summary>
    /// Seconds since 1970. RFC 9110 §8.8.2.1: never later than the message that says it, so a file from the future was modified when it was loaded.
    /// </summary>
    public long LastModified { get; }

    public byte[] EntityTag { get; }

    public string ContentType => _contentType;

    /// <summary>The fields of 200 and of a single 206.</summary>
    public FieldBlock Fields { get; }

    public FieldBlock NotModifiedFields { get; }

    /// <summary>The fields of a multipart/byteranges response, less its Content-Type, which has the boundary.</summary>
    public FieldBlock PartsFields => _partsFields ??= MakeFields();

    /// <summary>The same content by other settings.</summary>
    public Representation With(SettingBag settings) => new(Coding, _name, settings, _stamp, Content, File, _loadedAt, _varies);

    /// <summary>
    /// Whether the file changed so shortly before it was looked at that it may change again within the same tick of the file system's clock. It is counted by the
    /// time of change, which nobody sets.
    /// </summary>
    public static bool IsRacy(in FileStamp stamp, long loadedAt)
    {
        const int Tick = 20;
        const int ClockMayLag = 1000;
        long age = loadedAt - (stamp.Changed / 1_000_000);
        return age is > -ClockMayLag and < Tick;
    }

    private static string MakeTag(ContentCoding coding, in FileStamp stamp, long loadedAt, SettingBag settings)
    {
        AlterETag alter = coding == ContentCoding.Identity ? AlterETag.AddSuffix : CompressionSettings.ETagOf(settings, coding);
        if (alter == AlterETag.Remove)
        {
            return "";
        }

        // Modification time and size, and not the inode: two machines that serve copies of one folder must agree. RFC 9110 §8.8.1: while another
        // change could go unseen, the tag is weak.
        string weak = IsRacy(stamp, loadedAt) ? "W/" : "";

        // RFC 9110 §8.8.3.3: each encoding is another representation and has another tag.
        return string.Create(CultureInfo.InvariantCulture, $"{weak}\"{stamp.Size:x}-{stamp.Modified:x}{(alter == AlterETag.NoChange ? "" : SuffixOf(coding))}\"");
    }

    private static string SuffixOf(ContentCoding coding) => coding switch
    {
        ContentCoding.Brotli => "-br",
        ContentCoding.Zstandard => "-zstd",
        ContentCoding.Gzip => "-gzip",
        _ => "",
    };

    /// <summary>The coding's name in Content-Encoding; null for none.</summary>
    public static string? NameOf(ContentCoding coding) => coding switch
    {
        ContentCoding.Brotli => "br",
        ContentCoding.Zstandard => "zstd",
        ContentCoding.Gzip => "gzip",
        _ => null,
    };

    private static long FloorSeconds(long nanoseconds) =>
        (nanoseconds / 1_000_000_000) - (nanoseconds % 1_000_000_000 < 0 ? 1 : 0);

    private (string, string)[] TagField() => EntityTag.Length == 0 ? [] : [("ETag", Encoding.ASCII.GetString(EntityTag))];

    private (string, string)[] VaryField() => _varies ? [("Vary", "Accept-Encoding")] : [];

    private FieldBlock MakeFields(params ReadOnlySpan<(string Name, string Value)> more)
    {
        Span<byte> date = stackalloc byte[HttpDate.Length];
        HttpDate.Format(LastModified, date);
        List<(string, string)> fields =
        [
            .. more,
            ("Last-Modified", Encoding.ASCII.GetString(date)),
            .. TagField(),
            ("Accept-Ranges", "bytes"),
            .. VaryField(),
        ];
        if (NameOf(Coding) is { } name)
        {
            fields.Add(("Content-Encoding", name));
        }

        return FieldBlock.Create(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(fields));
    }
}
