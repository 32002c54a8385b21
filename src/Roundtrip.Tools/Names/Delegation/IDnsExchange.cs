using Roundtrip.Core;
using Roundtrip.Packets.Dns;

namespace Roundtrip.Tools.Names.Delegation;

/// <summary>Asks one server one question.</summary>
internal interface IDnsExchange
{
    /// <param name="server">Without a port.</param>
    /// <returns>Null where nothing came that answers it in time.</returns>
    Task<DnsMessage?> Ask(PeerAddress server, DnsName question, DnsType type, CancellationToken cancellation);
}
