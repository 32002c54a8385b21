using System.Text;

namespace Roundtrip.Configuration.Expressions;

/// <summary>A part of an expression. Nothing in it changes once it is made.</summary>
internal abstract class Node;

/// <summary>Something that is true or false.</summary>
internal abstract class ConditionNode : Node
{
    public abstract bool Holds(Evaluation evaluation);
}

/// <summary>Something that is a text.</summary>
internal abstract class WordNode : Node
{
    /// <returns>At most <see cref="Expression.MaximumText"/> characters.</returns>
    public abstract string Value(Evaluation evaluation);
}

/// <summary>Something that is a list of texts.</summary>
internal abstract class ListNode : Node
{
    public abstract IReadOnlyList<string> Values(Evaluation evaluation);
}

internal sealed class Constant(bool value) : ConditionNode
{
    public override bool Holds(Evaluation evaluation) => value;
}

internal sealed class Not(ConditionNode operand) : ConditionNode
{
    public override bool Holds(Evaluation evaluation) => !operand.Holds(evaluation);
}

internal sealed class And(IReadOnlyList<ConditionNode> operands) : ConditionNode
{
    public override bool Holds(Evaluation evaluation)
    {
        foreach (ConditionNode operand in operands)
        {
            if (!operand.Holds(evaluation) || evaluation.Fault is not null)
            {
                return false;
            }
        }

        return true;
    }
}

internal sealed class Or(IReadOnlyList<ConditionNode> operands) : ConditionNode
{
    public override bool Holds(Evaluation evaluation)
    {
        foreach (ConditionNode operand in operands)
        {
            if (operand.Holds(evaluation) || evaluation.Fault is not null)
            {
                return true;
            }
        }

        return false;
    }
}

internal sealed class Literal(string text) : WordNode
{
    public string Text => text;

    public override string Value(Evaluation evaluation) => text;
}

internal sealed class Concatenation(IReadOnlyList<WordNode> parts) : WordNode
{
    public override string Value(Evaluation evaluation)
    {
        var text = new StringBuilder();
        foreach (WordNode part in parts)
        {
            text.Append(part.Value(evaluation));
            if (text.Length > Expression.MaximumText)
            {
                break;
            }
        }

        return evaluation.Bounded(text.ToString());
    }
}

internal sealed class VariableNode(string name) : WordNode
{
    public override string Value(Evaluation evaluation) => evaluation.Bounded(evaluation.Context.Variable(name));
}

internal sealed class BackReference(int group) : WordNode
{
    public override string Value(Evaluation evaluation) => evaluation.Bounded(evaluation.Captures.Group(group));
}

/// <summary><c>%{: condition :}</c>.</summary>
internal sealed class ConditionText(ConditionNode condition) : WordNode
{
    public override string Value(Evaluation evaluation) => condition.Holds(evaluation) ? "true" : "false";
}
