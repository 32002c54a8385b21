using Roundtrip.Configuration.VirtualHosts;

namespace Roundtrip.Configuration;

/// <summary>A configuration whose directives have been applied.</summary>
/// <param name="Hosts">The virtual hosts in the file's order.</param>
/// <param name="Errors">Every line that cannot be obeyed: a configuration with errors is not to be used.</param>
/// <param name="Warnings">What is said once when it is taken into use.</param>
public sealed record BuiltConfiguration(
    ServerConfiguration Main, IReadOnlyList<ServerConfiguration> Hosts, IReadOnlyList<ConfigurationError> Errors, IReadOnlyList<ConfigurationError> Warnings)
{
    public HostMap Map { get; } = new(Main, Hosts);
}
