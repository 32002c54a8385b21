namespace Roundtrip.Configuration.Expressions;

internal sealed partial class ExpressionParser
{
    /// <summary>Words joined by <c>.</c>.</summary>
    private WordNode ParseWords() => Concatenated(ParseWord());

    private WordNode Concatenated(WordNode first)
    {
        if (!_scanner.Peek().Is("."))
        {
            return first;
        }

        var parts = new List<WordNode> { first };
        while (TryTake("."))
        {
            parts.Add(ParseWord());
        }

        return new Concatenation(parts);
    }

    private WordNode ParseWord()
    {
        Token token = _scanner.Next();
        Enter(token.At);
        WordNode word = token.Kind switch
        {
            TokenKind.Digits => new Literal(token.Text),
            TokenKind.Quote => StringUntil(token.Text[0]),
            TokenKind.BackReference => new BackReference(token.Text[1] - '0'),
            TokenKind.Variable => ParseVariable(),
            TokenKind.Inner => ParseInner(),
            TokenKind.Mark when token.Text == "(" => ParseInParentheses(),
            TokenKind.Name => ParseCall(token),
            _ => throw Unexpected(token),
        };
        _depth--;
        return word;
    }

    private WordNode ParseInParentheses()
    {
        WordNode word = ParseWords();
        Expect(")");
        return word;
    }

    // %{: condition :} or %{: word :}
    private WordNode ParseInner()
    {
        Node node = Either();
        Token end = _scanner.Next();
        if (end.Kind != TokenKind.InnerEnd)
        {
            throw Error(end.At, "':}' is expected here");
        }

        return node as WordNode ?? new ConditionText((ConditionNode)node);
    }

    private WordNode ParseCall(Token name)
    {
        switch (name.Text)
        {
            case "join":
                return ParseJoin();
            case "sub":
                return ParseSub();
        }

        if (!_scanner.Peek().Is("("))
        {
            throw Error(name.At, $"'{name.Text}' is not a word: a text stands in quotes, and a function has parentheses");
        }

        Func<Evaluation, string[], string?> function = Find(name, out int arity);
        Expect("(");
        List<WordNode> arguments = ParseArguments();
        Expect(")");
        return arguments.Count == arity
            ? new FunctionCall(function, arguments)
            : throw Error(name.At, $"{name.Text} takes {arity} argument{(arity == 1 ? "" : "s")}, not {arguments.Count}");
    }

    private Func<Evaluation, string[], string?> Find(Token name, out int arity)
    {
        Func<Evaluation, string[], string?> function = Functions.Find(name.Text, out arity, out bool isFile)
                                                       ?? throw Error(name.At, $"Function '{name.Text}' does not exist");
        Allow(isFile, name.At, name.Text);
        return function;
    }

    private List<WordNode> ParseArguments()
    {
        var words = new List<WordNode> { ParseWords() };
        while (TryTake(","))
        {
            words.Add(ParseWords());
        }

        return words;
    }

    /// <summary><c>{ words }</c>, a split, a function that gives a list, or one of them in parentheses.</summary>
    private ListNode ParseList()
    {
        Token token = _scanner.Next();
        Enter(token.At);
        ListNode list;
        if (token.Is("{"))
        {
            list = new WordList(ParseArguments());
            Expect("}");
        }
        else if (token.Is("("))
        {
            list = ParseList();
            Expect(")");
        }
        else if (token.Is("split"))
        {
            list = ParseSplit();
        }
        else if (token.Kind == TokenKind.Name)
        {
            list = ParseListCall(token);
        }
        else
        {
            throw Error(token.At, "A list is expected here: { words }, split or a function");
        }

        _depth--;
        return list;
    }

    private ListCall ParseListCall(Token name)
    {
        if (!name.Text.Equals("PeerExtList", StringComparison.OrdinalIgnoreCase))
        {
            throw Error(name.At, $"List-returning function '{name.Text}' does not exist");
        }

        Expect("(");
        WordNode argument = ParseWords();
        Expect(")");
        return new ListCall("PeerExtList", argument);
    }

    private SplitList ParseSplit()
    {
        bool isInParentheses = TryTake("(");
        ParsedPattern separator = Linear(ParsePattern(isSubstitution: false));
        Expect(",");
        Token next = _scanner.Peek();
        Node source = next.Is("{") || next.Is("split") || next.Text.Equals("PeerExtList", StringComparison.OrdinalIgnoreCase) ? ParseList() : ParseWords();
        Close(isInParentheses);
        return new SplitList(separator.Pattern, source);
    }

    private Join ParseJoin()
    {
        bool isInParentheses = TryTake("(");
        ListNode list = ParseList();
        WordNode? separator = TryTake(",") ? ParseWords() : null;
        Close(isInParentheses);
        return new Join(list, separator);
    }

    private Replacement ParseSub()
    {
        bool isInParentheses = TryTake("(");
        ParsedPattern pattern = Linear(ParsePattern(isSubstitution: true));
        Expect(",");
        WordNode word = ParseWords();
        Close(isInParentheses);
        return new Replacement(pattern.Pattern, pattern.Replacement!, pattern.IsGlobal, word);
    }

    private void Close(bool isInParentheses)
    {
        if (isInParentheses)
        {
            Expect(")");
        }
    }

    // These search as often as they find: each search must be short.
    private static ParsedPattern Linear(ParsedPattern pattern) => pattern.Pattern.IsLinear
        ? pattern
        : throw Error(pattern.At, "split and sub take no regular expression with back references, look-around or atomic groups");
}
