using Roundtrip.Http;

namespace Roundtrip.Site.Serving;

/// <summary>
/// The limits of connections that came in at one address of this machine. A connection has those of the address's first host, over TLS those of the host that SNI chose. A request has Timeout,
/// KeepAlive and MaxKeepAliveRequests from its own host, and KeepAliveTimeout too where that says it itself, otherwise from the first host.
/// Deviates: httpd has HTTP/2's limits from the host of SNI, and LimitRequestLine and its kin, RequestReadTimeout and HttpProtocolOptions from the first host over TLS too, so that what stands in
/// another host counts or not by the protocol that the client has chosen.
/// </summary>
/// <param name="first">The host that is chosen where no name says another.</param>
internal sealed class AddressLimits(SiteHost first)
{
    // Clients choose which pairs there are: one of SNI and another of each request.
    private const int MaximumPairs = 1024;

    private readonly Dictionary<(int Connection, int Request), HttpLimits> _known = [];

    /// <param name="connection">The host of the connection.</param>
    /// <param name="request">The host of the request; the connection's where there is none yet.</param>
    public HttpLimits Of(SiteHost connection, SiteHost request)
    {
        if (!_known.TryGetValue((connection.Index, request.Index), out HttpLimits? limits))
        {
            limits = connection.Limits with
            {
                Timeout = request.Limits.Timeout,
                KeepAlive = request.Limits.KeepAlive,
                MaxKeepAliveRequests = request.Limits.MaxKeepAliveRequests,

                // httpd's manual: "If KeepAliveTimeout is not set for a name-based virtual host, the value of the first defined virtual host best matching the local IP and port will be used."
                KeepAliveTimeout = (request.SaysKeepAliveTimeout ? request : first).Limits.KeepAliveTimeout,
            };
            if (_known.Count == MaximumPairs)
            {
                _known.Clear();
            }

            _known.Add((connection.Index, request.Index), limits);
        }

        return limits;
    }
}
