using System.Globalization;
using System.Text;
using Roundtrip.Configuration.Settings;
using Roundtrip.Http;
using Roundtrip.Site.Compression;
using Roundtrip.Site.Core;
using Roundtrip.Site.Expires;
using Roundtrip.Site.Headers;
using Roundtrip.Site.Http2;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Mime;
using Roundtrip.Site.Programs;
using Roundtrip.Site.Serving;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Files;

/// <summary>One form in which a resource is sent: the file itself or an encoded sibling, with its fields ready.</summary>
internal sealed class Representation
{
    private readonly FileMetadata _metadata;
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
        (_name, _stamp, _loadedAt, _varies, Settings) = (name, stamp, loadedAt, varies, settings);
        _metadata = FileMetadata.Of(PathText.Of(name), settings);
        LastModified = Math.Min(FloorSeconds(stamp.Modified), loadedAt / 1000);
        EntityTag = Encoding.ASCII.GetBytes(MakeTag(coding, stamp, loadedAt, settings));
        Expiry = ExpiresSettings.For(settings, _metadata.ContentType);
        AllowsPush = settings.Get(Http2Settings.Push);
        IsPrepared = ResponseFields.CanBePrepared(settings);
        Made = MakeFields();
        Fields = ResponseFields.Prepare(Made, settings);

        // RFC 9110 §15.4.5: with 304 go the fields that a cache needs, not those that describe the content that it has.
        NotModifiedFields = ResponseFields.Prepare(FieldBlock.Create([.. TagAndVary()]), settings);
    }

    /// <summary>The file as a program, for a request that a condition gives to a handler.</summary>
    public Script AsScript(ResourceAbout about) => Script.Of(about.FileName, about.Path, "", _stamp);

    public ContentCoding Coding { get; }

    public byte[]? Content { get; }

    public NativeFile? File { get; }

    public long Length { get; }

    /// <summary>
    /// Seconds since 1970. RFC 9110 §8.8.2.1: never later than the message that says it, so a file from the future was modified when it was loaded.
    /// </summary>
    public long LastModified { get; }

    public byte[] EntityTag { get; }

    /// <summary>The value of Content-Type; empty for none.</summary>
    public string ContentType => Encoding.Latin1.GetString(Fields.Value("Content-Type"u8));

    /// <summary>What the configuration says of the file.</summary>
    public SettingBag Settings { get; }

    /// <summary>Whether the configuration wants it compressed.</summary>
    public bool IsToBeCompressed => CompressionSettings.WantsAny(Settings, _metadata);

    /// <summary>How long a response may be kept; null where nothing says so.</summary>
    public Expiry? Expiry { get; }

    /// <summary>Whether what its fields name may be pushed with it.</summary>
    public bool AllowsPush { get; }

    /// <summary>Whether the blocks are as they are sent. Otherwise each request changes them.</summary>
    public bool IsPrepared { get; }

    /// <summary>The fields of the file itself, without what the configuration adds: for a response that is none of a success.</summary>
    public FieldBlock Made { get; }

    /// <summary>The fields of 200 and of a single 206.</summary>
    public FieldBlock Fields { get; }

    public FieldBlock NotModifiedFields { get; }

    /// <summary>The fields of a multipart/byteranges response, less its Content-Type, which has the boundary.</summary>
    public FieldBlock PartsFields => _partsFields ??= Without(Fields, "Content-Type");

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

    // FileETag's parts. The default is modification time and size, and not the inode: two machines that serve copies of one folder must agree.
    private static string MakeTag(ContentCoding coding, in FileStamp stamp, long loadedAt, SettingBag settings)
    {
        EntityTagParts parts = settings.Get(CoreSettings.FileETag);
        AlterETag alter = coding == ContentCoding.Identity ? AlterETag.AddSuffix : CompressionSettings.ETagOf(settings, coding);
        if (parts == EntityTagParts.None || alter == AlterETag.Remove)
        {
            return "";
        }

        // RFC 9110 §8.8.1: while another change could go unseen, the tag is weak.
        string weak = IsRacy(stamp, loadedAt) ? "W/" : "";
        string[] numbers =
        [
            .. Part(EntityTagParts.Inode, stamp.Inode),
            .. Part(EntityTagParts.Size, (ulong)stamp.Size),
            .. Part(EntityTagParts.ModificationTime, (ulong)stamp.Modified),
        ];

        // RFC 9110 §8.8.3.3: each encoding is another representation and has another tag.
        return $"{weak}\"{string.Join('-', numbers)}{(alter == AlterETag.NoChange ? "" : SuffixOf(coding))}\"";

        string[] Part(EntityTagParts part, ulong number) => parts.HasFlag(part) ? [number.ToString("x", CultureInfo.InvariantCulture)] : [];
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

    private FieldBlock MakeFields()
    {
        Span<byte> date = stackalloc byte[HttpDate.Length];
        HttpDate.Format(LastModified, date);
        List<(string, string)> fields = [];
        if (_metadata.ContentType.Length > 0)
        {
            fields.Add(("Content-Type", _metadata.ContentType));
        }

        fields.Add(("Last-Modified", Encoding.ASCII.GetString(date)));
        fields.AddRange(TagAndVary().Where(field => field.Name == "ETag"));
        fields.Add(("Accept-Ranges", "bytes"));

        // The encoding that the file's own name says was applied before the one of a sibling.
        string encoding = string.Join(", ", new[] { _metadata.ContentEncoding, NameOf(Coding) ?? "" }.Where(name => name.Length > 0));
        if (encoding.Length > 0)
        {
            fields.Add(("Content-Encoding", encoding));
        }

        fields.AddRange(Settings.Get(Http2Settings.PushResources).Select(link => ("Link", link)));

        if (_metadata.Languages.Length > 0)
        {
            fields.Add(("Content-Language", string.Join(", ", _metadata.Languages)));
        }

        fields.AddRange(TagAndVary().Where(field => field.Name == "Vary"));
        return FieldBlock.Create(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(fields));
    }

    private IEnumerable<(string Name, string Value)> TagAndVary()
    {
        if (EntityTag.Length > 0)
        {
            yield return ("ETag", Encoding.ASCII.GetString(EntityTag));
        }

        if (_varies)
        {
            yield return ("Vary", "Accept-Encoding");
        }
    }

    private static FieldBlock Without(FieldBlock block, string name)
    {
        var fields = new FieldList();
        fields.Add(block);
        fields.Remove(name);
        return fields.ToBlock();
    }
}
