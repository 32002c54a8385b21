namespace Roundtrip.Tools.Names.Delegation;

/// <summary>What the delegations from the root down say of an address.</summary>
/// <param name="Name">What PTR says, made safe to be shown; null where there is none.</param>
/// <param name="IsConfirmed">Whether the name's own records lead back to the address.</param>
/// <param name="Remark">Where the chain breaks; empty where it does not.</param>
public sealed record ThoroughName(string? Name, bool IsConfirmed, string Remark)
{
    /// <summary>The zones that were gone through, the root's dot first, from address to name and back.</summary>
    public IReadOnlyList<string> Zones { get; init; } = [];
}
