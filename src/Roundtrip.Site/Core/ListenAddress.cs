using Roundtrip.Configuration;
using Roundtrip.Configuration.VirtualHosts;

namespace Roundtrip.Site.Core;

/// <summary>A Listen directive.</summary>
/// <param name="Address">Null in it for all addresses of the machine.</param>
/// <param name="IsSecure">Whether <c>https</c> stands behind it.</param>
public readonly record struct ListenAddress(HostAddress Address, bool IsSecure, SourcePosition Position);
