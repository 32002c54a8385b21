using System.Collections.Immutable;
using System.Text;
using Roundtrip.Http;

namespace Roundtrip.Site.Access;

/// <summary>Methods, as Limit, LimitExcept and <c>Require method</c> name them. As in httpd GET is HEAD too, and names are compared as they are.</summary>
internal sealed class MethodSet
{
    public static readonly MethodSet All = new(0, [], isExcept: true);

    // Those that httpd knows beside the enumeration's (RFC 4918, RFC 3253).
    private static readonly HashSet<string> Further =
    [
        "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "VERSION-CONTROL", "CHECKOUT", "UNCHECKOUT", "CHECKIN", "UPDATE", "LABEL", "REPORT", "MKWORKSPACE",
        "MKACTIVITY", "BASELINE-CONTROL", "MERGE",
    ];

    private readonly uint _known;
    private readonly ImmutableArray<byte[]> _others;
    private readonly bool _isExcept;

    private MethodSet(uint known, ImmutableArray<byte[]> others, bool isExcept) => (_known, _others, _isExcept) = (known, others, isExcept);

    /// <param name="isExcept">Whether it is all methods but these.</param>
    public static MethodSet Of(IEnumerable<string> names, bool isExcept = false)
    {
        uint known = 0;
        var others = ImmutableArray.CreateBuilder<byte[]>();
        foreach (string name in names)
        {
            if (Known(name) is { } method)
            {
                known |= Bit(method);
            }
            else
            {
                others.Add(Encoding.Latin1.GetBytes(name));
            }
        }

        return new MethodSet(known, others.ToImmutable(), isExcept);
    }

    public static bool IsKnown(string name) => Known(name) is not null || Further.Contains(name);

    public bool Contains(RequestHead request)
    {
        bool isNamed = request.Method == Method.Other ? IsNamed(request.MethodName) : (_known & Bit(request.Method)) != 0;
        return isNamed != _isExcept;
    }

    private bool IsNamed(ReadOnlySpan<byte> name)
    {
        foreach (byte[] other in _others)
        {
            if (name.SequenceEqual(other))
            {
                return true;
            }
        }

        return false;
    }

    private static uint Bit(Method method) => 1u << (int)(method == Method.Head ? Method.Get : method);

    private static Method? Known(string name) => name switch
    {
        "GET" or "HEAD" => Method.Get,
        "POST" => Method.Post,
        "PUT" => Method.Put,
        "DELETE" => Method.Delete,
        "CONNECT" => Method.Connect,
        "OPTIONS" => Method.Options,
        "TRACE" => Method.Trace,
        "PATCH" => Method.Patch,
        _ => null,
    };
}
