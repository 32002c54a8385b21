using Roundtrip.Configuration.Expressions;
using Roundtrip.Configuration.Patterns;
using Roundtrip.Configuration.Tests.Support;

namespace Roundtrip.Configuration.Tests.Expressions;

public class ExpressionStringTests
{
    private static readonly ExpressionOptions Files = new() { AllowFileFunctions = true };

    private static ExpressionResult Evaluate(string text)
    {
        Expression? expression = Expression.Parse(text, ExpressionMode.StringValue, Files, out ExpressionError? error);
        Assert.True(expression is not null, $"{text}: {error}");
        return expression.Evaluate(new RequestFacts());
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("plain 'text' \"x\"", "plain 'text' \"x\"")]
    [InlineData("https://%{HTTP_HOST}%{REQUEST_URI}", "https://example.org/a/b.html")]
    [InlineData("%{HTTP_COOKIE}", "")]
    [InlineData("\\%{HTTP_HOST} \\$1 $x % 5$", "%{HTTP_HOST} $1 $x % 5$")]
    [InlineData("a\\tb\\x41\\101\\\\", "a\tbAA\\")]
    [InlineData("%{tolower:AbÉ}", "abÉ")]
    [InlineData("%{toupper:x%{HTTP_HOST}}", "XEXAMPLE.ORG")]
    [InlineData("%{escape:a b/ü?%}", "a%20b/%c3%bc%3f%25")]
    [InlineData("%{unescape:a%20b%2Fc%C3%BC}", "a b%2Fcü")]
    [InlineData("%{unescape:a%2}", "")]
    [InlineData("%{unescape:a%00}", "")]
    [InlineData("%{unescape:a%zz}", "")]
    [InlineData("%{base64:hello}", "aGVsbG8=")]
    [InlineData("%{unbase64:aGVsbG8=}", "hello")]
    [InlineData("%{unbase64:aGVsbG8}", "hello")]
    [InlineData("%{unbase64:aGVsb}", "hel")]
    [InlineData("%{unbase64:!}", "")]
    [InlineData("%{md5:hello}", "5d41402abc4b2a76b9719d911017c592")]
    [InlineData("%{sha1:hello}", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d")]
    [InlineData("%{file:/file}", "hello")]
    [InlineData("%{filesize:/file} %{filesize:/none} %{filesize:/dir}", "5 0 0")]
    [InlineData("%{filemod:/file}", "1000000")]
    [InlineData("%{:replace('a.b.c', '.', '--'):}", "a--b--c")]
    [InlineData("%{:replace('abc', '', 'x'):}", "abc")]
    [InlineData("%{:join({'a', 'b'}, '-'):}", "a-b")]
    [InlineData("%{:join {'a', 'b'}:}", "ab")]
    [InlineData("%{:join(split(/, */, 'a,  b,c'), '|'):}", "a|b|c")]
    [InlineData("%{:join(split(/x*/, 'axxb'), '|'):}", "a|b")]
    [InlineData("%{:sub s/b(.)/<$1>/, 'abcbd':}", "a<c>bd")]
    [InlineData("%{:sub(s#b(.)#<$1>#g, 'abcbd'):}", "a<c><d>")]
    [InlineData("%{:sub(s/x*/-/g, 'ab'):}", "-a-b-")]
    [InlineData("%{: -n 'x' :}", "true")]
    [InlineData("%{:'x%{:'y':}':}", "xy")]
    public void A_string_has_variables_functions_and_escapes(string text, string expected)
    {
        ExpressionResult result = Evaluate(text);

        Assert.Null(result.Fault);
        Assert.Equal(expected, result.Text);
    }

    [Fact]
    public void Captures_come_in_and_go_out()
    {
        PatternMatch captures = ServerPattern.Parse("(b)", PatternOptions.None, out _)!.Match("abc");
        Expression text = Expression.Parse("<$0$1$2>", ExpressionMode.StringValue, Files, out _)!;
        Expression condition = Expression.Parse("%{REQUEST_URI} =~ m#/([^/]*)$#", ExpressionMode.Condition, Files, out _)!;

        Assert.Equal("<bb>", text.Evaluate(new RequestFacts(), captures).Text);
        Assert.Equal("b.html", condition.Evaluate(new RequestFacts(), captures).Captures.Group(1));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_a_fault()
    {
        ExpressionResult result = Evaluate("x%{file:/none}");

        Assert.Equal("Cannot read file /none", result.Fault);
        Assert.Equal("", result.Text);
    }

    [Fact]
    public void A_text_that_grows_too_long_is_a_fault()
    {
        string nested = string.Concat(Enumerable.Repeat("%{base64:", 30)) + new string('x', 500) + new string('}', 30);

        Assert.Equal("A text is longer than 65536 characters", Evaluate(nested).Fault);
        Assert.NotNull(Evaluate($"%{{:replace('{new string('x', 3000)}', 'x', '{new string('y', 3000)}'):}}").Fault);
    }

    [Fact]
    public void A_regular_expression_that_takes_too_long_is_a_fault_and_nothing_holds()
    {
        var request = new RequestFacts();
        request.Variables["REQUEST_URI"] = new string('a', 5000) + "b";
        foreach (string text in (string[])["%{REQUEST_URI} =~ /^(a+)+(?=c)$/", "%{REQUEST_URI} !~ /^(a+)+(?=c)$/", "! %{REQUEST_URI} =~ /^(a+)+(?=c)$/ || true"])
        {
            ExpressionResult result = Expression.Parse(text, ExpressionMode.Condition, Files, out _)!.Evaluate(request);

            Assert.StartsWith("The regular expression", result.Fault, StringComparison.Ordinal);
            Assert.False(result.IsTrue);
        }
    }

    [Theory]
    [InlineData("%{foo}", "column 3: Variable 'foo' does not exist")]
    [InlineData("a%{HTTP_HOST", "column 4: Unterminated variable")]
    [InlineData("a%{tolower:b", "column 12: Unterminated variable")]
    [InlineData("a\nb", "column 2: Unterminated string or variable")]
    [InlineData("%{: true", "column 9: ':}' is expected here")]
    public void An_error_names_the_column(string text, string expected)
    {
        Assert.Null(Expression.Parse(text, ExpressionMode.StringValue, Files, out ExpressionError? error));
        Assert.Equal(expected, error.ToString());
    }

    [Fact]
    public void An_expression_is_nested_to_a_depth_and_has_a_length()
    {
        foreach (string deep in (string[])[new string('(', 40), new string('!', 40), string.Concat(Enumerable.Repeat("tolower(", 40)), string.Concat(Enumerable.Repeat("%{:", 40)), "'a' in " + new string('(', 40), string.Concat(Enumerable.Repeat("'%{tolower:", 40))])
        {
            Assert.Null(Expression.Parse(deep, ExpressionMode.Condition, Files, out ExpressionError? error));
            Assert.Contains("nested more than 32 deep", error!.Value.Message, StringComparison.Ordinal);
        }

        Assert.NotNull(Expression.Parse(string.Join(" && ", Enumerable.Repeat("true", 1000)), ExpressionMode.Condition, Files, out _));
        Assert.Null(Expression.Parse(new string(' ', 8193), ExpressionMode.Condition, Files, out _));
    }

    [Fact]
    public void Whatever_is_read_neither_reading_nor_evaluating_throws()
    {
        string[] pieces =
        [
            "true", "false", "'a'", "\"b\"", "'", "(", ")", "!", "&&", "||", "and", "or", "not", "==", "!=", "<", "=~", "!~", "/a(b)/", "/", "m#a#i", "-n", "-z", "-T", "-R", "-e", "-eq", "-ipmatch", "-strmatch",
            "-fnmatch", "in", "{", "}", ",", ".", "%{HTTP_HOST}", "%{", "%{:", ":}", "%{req:Accept}", "req('Accept')", "replace('a','a','b')", "join", "split", "sub", "s/a/$0/g", "$1", "5", "-7", "\\x41", "'10.0.0.0/8'", "unbase64('a')", " ", "\n", "\0",
        ];
        var random = new Random(9);
        int parsed = 0;
        for (int i = 0; i < 40_000; i++)
        {
            string text = string.Join(random.Next(4) == 0 ? "" : " ", Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            ExpressionMode mode = random.Next(3) == 0 ? ExpressionMode.StringValue : ExpressionMode.Condition;
            Expression? expression = Expression.Parse(text, mode, Files, out ExpressionError? error);
            Assert.Equal(expression is null, error is not null);
            if (expression is not null)
            {
                expression.Evaluate(new RequestFacts());
                parsed++;
            }
        }

        Assert.InRange(parsed, 2000, 38_000);
    }
}
