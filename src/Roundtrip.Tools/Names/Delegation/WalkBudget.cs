namespace Roundtrip.Tools.Names.Delegation;

/// <summary>The questions that one name may cost, whatever servers answer.</summary>
internal sealed class WalkBudget
{
    // The root, a registry, a zone and one below it, for the name and back, and servers whose addresses have to be found.
    private const int Most = 60;

    public int Asked { get; private set; }

    public bool IsSpent => Asked == Most;

    public bool TryTake()
    {
        if (IsSpent)
        {
            return false;
        }

        Asked++;
        return true;
    }
}
