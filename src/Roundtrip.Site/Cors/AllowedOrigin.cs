using System.Text;

namespace Roundtrip.Site.Cors;

/// <summary>One word of CorsOrigin: the origins that it allows.</summary>
internal abstract class AllowedOrigin
{
    /// <summary><c>*</c>: all, that of sandboxed pages too.</summary>
    public static readonly AllowedOrigin Any = new AnyOrigin();

    /// <summary><c>null</c>: what browsers say for pages that have no origin, such as sandboxed frames, <c>data:</c> and files.</summary>
    public static readonly AllowedOrigin Null = new ExactOrigin("null");

    /// <param name="origin">As the request has it. It is compared byte by byte (Fetch Standard, "CORS check"): a browser sends each origin in one form alone.</param>
    public abstract bool Allows(ReadOnlySpan<byte> origin);

    /// <exception cref="FormatException">It is no origin, or would allow more than was meant.</exception>
    public static AllowedOrigin Parse(string word) => word switch
    {
        "*" => Any,
        "null" => Null,
        ['~', .. var pattern] => OriginPattern.Parse(pattern),
        _ when word.Contains('*') => SubdomainOrigin.Parse(word),
        _ => new ExactOrigin(SerializedOrigin.Checked(word)),
    };

    private sealed class AnyOrigin : AllowedOrigin
    {
        public override bool Allows(ReadOnlySpan<byte> origin) => true;
    }

    private sealed class ExactOrigin(string origin) : AllowedOrigin
    {
        private readonly byte[] _origin = Encoding.ASCII.GetBytes(origin);

        public override bool Allows(ReadOnlySpan<byte> origin) => origin.SequenceEqual(_origin);
    }
}
