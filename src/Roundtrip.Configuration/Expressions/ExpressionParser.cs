namespace Roundtrip.Configuration.Expressions;

/// <summary>
/// Reads an expression by httpd's grammar (util_expr_parse.y): <c>or</c> binds less than <c>and</c>, that less than <c>not</c>, that less than comparisons. What stands in parentheses may be a
/// condition or a word, which shows only at its end: so one method reads both, and who needs one of them asks for it. This part reads conditions; the others read words and strings.
/// </summary>
internal sealed partial class ExpressionParser(string text, ExpressionOptions options)
{
    private readonly ExpressionScanner _scanner = new(text);
    private int _depth;

    public Node Parse(ExpressionMode mode)
    {
        if (mode == ExpressionMode.StringValue)
        {
            return StringUntil('\0');
        }

        ConditionNode condition = Condition(Either(), 0);
        Token rest = _scanner.Peek();
        return rest.Kind == TokenKind.End ? condition : throw Unexpected(rest);
    }

    private static ExpressionSyntaxException Error(int at, string message) => new(at + 1, message);

    private static ExpressionSyntaxException Unexpected(Token token) =>
        Error(token.At, token.Kind == TokenKind.End ? "The expression ends too early" : $"'{token.Text}' is not expected here");

    private static ConditionNode Condition(Node node, int at) => node as ConditionNode ?? throw Error(at, "A condition is expected here, not a word alone");

    private static WordNode Word(Node node, int at) => node as WordNode ?? throw Error(at, "A word is expected here, not a condition");

    private void Enter(int at)
    {
        if (++_depth > Expression.MaximumDepth)
        {
            throw Error(at, $"The expression is nested more than {Expression.MaximumDepth} deep");
        }
    }

    private bool TryTake(string text)
    {
        Token token = _scanner.Peek();
        if (!token.Is(text))
        {
            return false;
        }

        _scanner.At = token.End;
        return true;
    }

    private void Expect(string text)
    {
        if (!TryTake(text))
        {
            Token found = _scanner.Peek();
            throw Error(found.At, $"'{text}' is expected here");
        }
    }

    /// <summary>A condition, or a word that stands alone.</summary>
    private Node Either()
    {
        Enter(_scanner.At);
        Node node = Chain("||", "or", () => Chain("&&", "and", Negation, all => new And(all)), all => new Or(all));
        _depth--;
        return node;
    }

    private Node Chain(string sign, string name, Func<Node> operand, Func<List<ConditionNode>, ConditionNode> join)
    {
        _scanner.SkipSpace();
        int at = _scanner.At;
        Node first = operand();
        if (!_scanner.Peek().Is(sign) && !_scanner.Peek().Is(name))
        {
            return first;
        }

        var all = new List<ConditionNode> { Condition(first, at) };
        while (TryTake(sign) || TryTake(name))
        {
            _scanner.SkipSpace();
            at = _scanner.At;
            all.Add(Condition(operand(), at));
        }

        return join(all);
    }

    private Node Negation()
    {
        if (!TryTake("!") && !TryTake("not"))
        {
            return Test();
        }

        _scanner.SkipSpace();
        int at = _scanner.At;
        Enter(at);
        ConditionNode operand = Condition(Negation(), at);
        _depth--;
        return new Not(operand);
    }

    private Node Test()
    {
        Token first = _scanner.Peek();
        if (TryTake("true") || TryTake("false"))
        {
            return new Constant(first.Text == "true");
        }

        if (first is { Kind: TokenKind.Operator, Text: ['-', _] })
        {
            return Unary(_scanner.Next());
        }

        Node operand = first.Is("(") ? Parenthesised() : ParseWord();
        return operand is WordNode word ? Comparison(Concatenated(word)) : operand;
    }

    private Node Parenthesised()
    {
        Expect("(");
        Node node = Either();
        Expect(")");
        return node;
    }

    private ConditionNode Unary(Token name)
    {
        if (name.Text == "-R")
        {
            int at = _scanner.At;
            return new AddressTest(new VariableNode("REMOTE_ADDR"), Range(ParseWords(), name.Text, at));
        }

        Func<Evaluation, string, bool> test = Operators.Unary(name.Text, out bool isFile)
                                              ?? throw Error(name.At, $"Unary operator '{name.Text}' does not exist");
        Allow(isFile, name.At, name.Text);
        return new UnaryTest(ParseWords(), test);
    }

    /// <returns>The word itself where no operator follows.</returns>
    private Node Comparison(WordNode left)
    {
        Token name = _scanner.Peek();
        if (name.Kind is not (TokenKind.Operator or TokenKind.Name) || name.Text is "!" or "&&" or "||" or "and" or "or" or "not")
        {
            return left;
        }

        _scanner.At = name.End;
        int at = _scanner.At;
        switch (name.Text)
        {
            case "=~" or "!~":
                return new PatternTest(left, ParsePattern(isSubstitution: false).Pattern, name.Text == "!~");
            case "in" or "-in":
                return new Membership(left, ParseList());
        }

        if (name.Text.Equals("-ipmatch", StringComparison.OrdinalIgnoreCase))
        {
            return new AddressTest(left, Range(ParseWords(), name.Text, at));
        }

        if (Operators.Comparison(name.Text) is { } compare)
        {
            return new Comparison(left, ParseWords(), compare);
        }

        throw name.Text.Length > 2 && name.Text[0] == '-' ? Error(name.At, $"Binary operator '{name.Text}' does not exist") : Unexpected(name);
    }

    private static Subnet Range(WordNode word, string name, int at)
    {
        if (word is not Literal constant)
        {
            throw Error(at, $"{name} requires subnet/netmask as constant argument");
        }

        return Subnet.Parse(constant.Text) ?? throw Error(at, $"'{constant.Text}' is not an address, a subnet or an address with a netmask");
    }

    private void Allow(bool isFile, int at, string name)
    {
        if (isFile && !options.AllowFileFunctions)
        {
            throw Error(at, $"{name} is not available in restricted context: it looks at files or URLs");
        }
    }
}
