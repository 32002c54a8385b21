namespace Roundtrip.Http.Http1;

/// <summary>Maps a method's name to <see cref="Method"/>; case counts (RFC 9110 section 9.1).</summary>
internal static class Methods
{
    public static Method Find(ReadOnlySpan<byte> name)
    {
        switch (name.Length)
        {
            case 3:
                return name.SequenceEqual("GET"u8) ? Method.Get
                    : name.SequenceEqual("PUT"u8) ? Method.Put
                    : Method.Other;
            case 4:
                return name.SequenceEqual("HEAD"u8) ? Method.Head
                    : name.SequenceEqual("POST"u8) ? Method.Post
                    : Method.Other;
            case 5:
                return name.SequenceEqual("TRACE"u8) ? Method.Trace
                    : name.SequenceEqual("PATCH"u8) ? Method.Patch
                    : Method.Other;
            case 6:
                return name.SequenceEqual("DELETE"u8) ? Method.Delete : Method.Other;
            case 7:
                return name.SequenceEqual("OPTIONS"u8) ? Method.Options
                    : name.SequenceEqual("CONNECT"u8) ? Method.Connect
                    : Method.Other;
            default:
                return Method.Other;
        }
    }
}
