using Roundtrip.Http.Http2;

namespace Roundtrip.Http.Http1;

/// <summary>
/// What the HTTP/1 connections of one loop share: the exchanges that none of them uses now. An idle connection holds none.
/// One loop owns it.
/// </summary>
/// <param name="http2">What connections take with them that go over to HTTP/2.</param>
public sealed class Http1Resources(Http2Resources http2)
{
    private const int Kept = 256;

    private readonly Stack<Http1Exchange> _free = new();

    internal Http2Resources Http2 => http2;

    internal Http1Exchange Rent() => _free.TryPop(out Http1Exchange? exchange) ? exchange : new Http1Exchange();

    internal void Return(Http1Exchange exchange)
    {
        if (_free.Count < Kept)
        {
            _free.Push(exchange);
        }
    }
}
