using Roundtrip.Core;
using Roundtrip.Packets.Dns;

namespace Roundtrip.Tools.Names.Delegation;

/// <summary>Who answers for a zone.</summary>
/// <param name="Addresses">Without ports; none where its own delegation has to be walked for them.</param>
internal sealed record DnsServer(DnsName Name, IReadOnlyList<PeerAddress> Addresses);
