using Roundtrip.Http;
using Roundtrip.Http.Http2;

namespace Roundtrip.Fuzz;

/// <summary>Limits of the HTTP targets that an input of a few hundred bytes goes over.</summary>
internal static class SmallLimits
{
    public static readonly HttpLimits Http = new() { RequestLine = 300, RequestFieldSize = 300, RequestFields = 20, RequestHead = 2000, RequestBody = 10_000, WorthACall = 8 };

    /// <summary>For inputs whose floods are to go on.</summary>
    public static readonly FloodLimit[] NoFloods = [.. Http2Limits.Default.Floods.Select(_ => new FloodLimit(0, 1))];
}
