using System.Net;
using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Configuration.Expressions;

/// <summary>Compares two texts by their order, or as numbers.</summary>
internal sealed class Comparison(WordNode left, WordNode right, Func<string, string, bool> compare) : ConditionNode
{
    public override bool Holds(Evaluation evaluation) => compare(left.Value(evaluation), right.Value(evaluation));
}

/// <summary><c>=~</c> and <c>!~</c>.</summary>
internal sealed class PatternTest(WordNode word, ServerPattern pattern, bool isNegated) : ConditionNode
{
    public override bool Holds(Evaluation evaluation) => evaluation.Search(pattern, word.Value(evaluation)) != isNegated;
}

/// <summary><c>in</c>.</summary>
internal sealed class Membership(WordNode word, ListNode list) : ConditionNode
{
    public override bool Holds(Evaluation evaluation)
    {
        string needle = word.Value(evaluation);
        return list.Values(evaluation).Any(value => value == needle);
    }
}

/// <summary>An operator before one word: <c>-n</c>.</summary>
internal sealed class UnaryTest(WordNode word, Func<Evaluation, string, bool> test) : ConditionNode
{
    public override bool Holds(Evaluation evaluation)
    {
        string value = word.Value(evaluation);
        return evaluation.Fault is null && test(evaluation, value);
    }
}

/// <summary><c>-R</c> and <c>-ipmatch</c>: whether an address is in a range.</summary>
internal sealed class AddressTest(WordNode address, Subnet subnet) : ConditionNode
{
    public override bool Holds(Evaluation evaluation) => Subnet.TryAddress(address.Value(evaluation), out IPAddress? value) && subnet.Contains(value);
}
