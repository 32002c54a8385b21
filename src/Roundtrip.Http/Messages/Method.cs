namespace Roundtrip.Http;

/// <summary>The methods of RFC 9110 section 9 and RFC 5789; any other token is <see cref="Other"/>.</summary>
public enum Method : byte
{
    Other,
    Get,
    Head,
    Post,
    Put,
    Delete,
    Connect,
    Options,
    Trace,
    Patch,
}
