using Roundtrip.Configuration.Expressions;
using Roundtrip.Configuration.Tests.Support;

namespace Roundtrip.Configuration.Tests.Expressions;

public class ExpressionConditionTests
{
    private static readonly ExpressionOptions Files = new() { AllowFileFunctions = true };

    private static bool Holds(string text)
    {
        Expression? expression = Expression.Parse(text, ExpressionMode.Condition, Files, out ExpressionError? error);
        Assert.True(expression is not null, $"{text}: {error}");
        ExpressionResult result = expression.Evaluate(new RequestFacts());
        Assert.Null(result.Fault);
        return result.IsTrue;
    }

    // Each operator with cases that hold and cases that do not.
    [Theory]
    [InlineData("true", "false")]
    [InlineData("! false", "! true")]
    [InlineData("not false", "not true")]
    [InlineData("! ! true", "! ! false")]
    [InlineData("true && true", "true && false")]
    [InlineData("true and true", "false and true")]
    [InlineData("false || true", "false || false")]
    [InlineData("true or false", "false or false")]
    [InlineData("true || true && false", "(true || true) && false")]
    [InlineData("! false && true", "! (false || true)")]
    [InlineData("! 'a' == 'b'", "! 'a' == 'a'")]
    [InlineData("'a' == 'a'", "'a' == 'A'")]
    [InlineData("'a' = \"a\"", "'a' = 'b'")]
    [InlineData("'a' != 'b'", "'a' != 'a'")]
    [InlineData("'a' < 'b'", "'b' < 'b'")]
    [InlineData("'B' < 'a'", "'a' < 'B'")]
    [InlineData("'10' < '9'", "'9' < '10'")]
    [InlineData("'b' <= 'b'", "'c' <= 'b'")]
    [InlineData("'c' > 'b'", "'b' > 'b'")]
    [InlineData("'b' >= 'b'", "'a' >= 'b'")]
    [InlineData("10 -eq 10", "10 -eq 9")]
    [InlineData("'010' eq 10", "'0x10' eq 16")]
    [InlineData("10 -ne 9", "10 -ne 10")]
    [InlineData("10 ne 9", "'x' ne 0")]
    [InlineData("9 -lt 10", "10 -lt 9")]
    [InlineData("-1 lt 0", "0 lt -1")]
    [InlineData("9 -le 9", "10 -le 9")]
    [InlineData("9 le 10", "10 le 9")]
    [InlineData("10 -gt 9", "9 -gt 9")]
    [InlineData("10 gt 9", "9 gt 10")]
    [InlineData("9 -ge 9", "8 -ge 9")]
    [InlineData("10 ge 9", "8 ge 9")]
    [InlineData("' 7x' -eq 7", "'x7' -eq 7")]
    [InlineData("'99999999999999999999' -eq 9223372036854775807", "'99999999999999999999' -lt 0")]
    [InlineData("'abc' =~ /b/", "'abc' =~ /B/")]
    [InlineData("'abc' =~ m#B#i", "'abc' =~ m#^b#")]
    [InlineData("'a/b' =~ m#a/b#", "'a/b' =~ /a\\/c/")]
    [InlineData("'abc' !~ /B/", "'abc' !~ /b/")]
    [InlineData("'a' in { 'b', 'a' }", "'a' in { 'b', 'ab' }")]
    [InlineData("'a' -in {'a'}", "'A' -in {'a'}")]
    [InlineData("'b' in split /,/, 'a,b'", "'b' in split(/,/, 'a.b')")]
    [InlineData("'b' in split(/,/, {'x', 'a,b'})", "'a,b' in split(/,/, {'x', 'a,b'})")]
    [InlineData("'x' in PeerExtList('x')", "'y' in PeerExtList('x')")]
    [InlineData("-n 'a'", "-n ''")]
    [InlineData("-z ''", "-z 'a'")]
    [InlineData("-n %{HTTP_HOST}", "-n %{HTTP_COOKIE}")]
    [InlineData("-T 'yes'", "-T 'No'")]
    [InlineData("-T 'on'", "-T 'oFF'")]
    [InlineData("-T '00'", "-T '0'")]
    [InlineData("-T 'falsehood'", "-T 'False'")]
    [InlineData("-T ' '", "-T ''")]
    [InlineData("-R '192.0.2.0/24'", "-R '192.0.3.0/24'")]
    [InlineData("-R '192.0.2'", "-R '192.0.3'")]
    [InlineData("-R '192.0.0.0/255.255.0.0'", "-R '192.1.0.0/255.255.0.0'")]
    [InlineData("-R '192.0.2.7'", "-R '192.0.2.8'")]
    [InlineData("-R '192.0.2.6/31'", "-R '192.0.2.8/31'")]
    [InlineData("'2001:db8::1' -ipmatch '2001:db8::/32'", "'2001:db9::1' -ipmatch '2001:db8::/32'")]
    [InlineData("'::ffff:192.0.2.1' -ipmatch '192.0.2.0/24'", "'::1' -ipmatch '0.0.0.0/1'")]
    [InlineData("'10.0.0.1' -ipmatch '10'", "'x' -ipmatch '10'")]
    [InlineData("'0.0.0.1' -ipmatch '0.0.0.1'", "'1' -ipmatch '0.0.0.1'")]
    [InlineData("'abc' -strmatch 'a*'", "'abc' -strmatch 'A*'")]
    [InlineData("'a/b' -strmatch 'a*'", "'a/b' -strmatch 'b*'")]
    [InlineData("'ABC' -strcmatch 'a*'", "'ABC' -strcmatch 'b*'")]
    [InlineData("'a/b' -fnmatch 'a/*'", "'a/b' -fnmatch 'a*'")]
    [InlineData("-d '/dir'", "-d '/file'")]
    [InlineData("-e '/file'", "-e '/none'")]
    [InlineData("-f '/file'", "-f '/dir'")]
    [InlineData("-s '/file'", "-s '/empty'")]
    [InlineData("-L '/link'", "-L '/file'")]
    [InlineData("-h '/link'", "-h '/none'")]
    [InlineData("-x '/empty'", "-x '/file'")]
    [InlineData("-F '/file'", "-F '/dir'")]
    [InlineData("-U '/ok'", "-U '/no'")]
    [InlineData("-A '/ok'", "-A '/no'")]
    [InlineData("'abc' =~ /(b)(c)/ && $1 == 'b' && $2 == 'c' && $0 == 'bc'", "'abc' =~ /(b)/ && $2 == 'b'")]
    [InlineData("'a' =~ /(a)/ && 'b' =~ /b/ && $1 == 'a'", "'a' =~ /(a)/ && 'b' =~ /(b)/ && $1 == 'a'")]
    [InlineData("('a') == 'a'", "(('a')) == ('b')")]
    [InlineData("('a' . 'b') . 'c' == 'abc'", "'a' . 'b' == 'a'")]
    [InlineData("'x%{HTTP_HOST}y' == 'xexample.orgy'", "'%{HTTP_HOST}' == 'HTTP_HOST'")]
    [InlineData("%{http_host} == 'example.org'", "%{http_host} == ''")]
    [InlineData("%{SSL_CLIENT_S_DN} == 'CN=x'", "%{SSL_CLIENT_S_DN} == ''")]
    [InlineData("req('Accept') =~ /html/", "req('Nothing') =~ /./")]
    [InlineData("%{req:Accept} =~ /html/", "%{http:Nothing} =~ /./")]
    [InlineData("req_novary('accept') =~ /html/", "resp('Server') == ''")]
    [InlineData("env('both') == 'noted'", "env('none') != ''")]
    [InlineData("env('os') == 'system'", "osenv('env') != ''")]
    [InlineData("reqenv('both') == 'request'", "note('env') != ''")]
    [InlineData("%{: 'a' == 'a' :} == 'true'", "%{: false :} == 'true'")]
    [InlineData("true\n&&\ttrue", "true\n&&\tfalse")]
    public void An_operator_holds_and_does_not_hold(string holds, string doesNot)
    {
        Assert.True(Holds(holds), holds);
        Assert.False(Holds(doesNot), doesNot);
    }

    [Theory]
    [InlineData("", 1, "The expression ends too early")]
    [InlineData("'a'", 1, "A condition is expected here, not a word alone")]
    [InlineData("true &&", 8, "The expression ends too early")]
    [InlineData("true true", 6, "'true' is not expected here")]
    [InlineData("true && 'a'", 9, "A condition is expected here, not a word alone")]
    [InlineData("(true", 6, "')' is expected here")]
    [InlineData("(true) . 'a' == 'b'", 8, "'.' is not expected here")]
    [InlineData("'a' == a", 8, "'a' is not a word: a text stands in quotes, and a function has parentheses")]
    [InlineData("'a' == 'b", 8, "Unterminated string")]
    [InlineData("%{foo} == 1", 3, "Variable 'foo' does not exist")]
    [InlineData("%{HTTP_HOST", 3, "Unterminated variable")]
    [InlineData("%{HTTP-HOST} == 1", 7, "Unexpected variable character '-'")]
    [InlineData("foo('a') == 1", 1, "Function 'foo' does not exist")]
    [InlineData("ldap('a') == 1", 1, "Function 'ldap' does not exist")]
    [InlineData("replace('a') == 1", 1, "replace takes 3 arguments, not 1")]
    [InlineData("'a' in foo('b')", 8, "List-returning function 'foo' does not exist")]
    [InlineData("'a' in 'b'", 8, "A list is expected here: { words }, split or a function")]
    [InlineData("-Q 'a'", 1, "Unary operator '-Q' does not exist")]
    [InlineData("'a' -foo 'b'", 5, "Binary operator '-foo' does not exist")]
    [InlineData("-R %{REMOTE_ADDR}", 3, "-R requires subnet/netmask as constant argument")]
    [InlineData("-R '10.0.0.0/33'", 3, "'10.0.0.0/33' is not an address, a subnet or an address with a netmask")]
    [InlineData("-R '300.1'", 3, "'300.1' is not an address, a subnet or an address with a netmask")]
    [InlineData("'a' =~ 'b'", 8, "A regular expression /regex/ or m#regex# is expected here")]
    [InlineData("'a' =~ /b", 8, "Unterminated regexp")]
    [InlineData("'a' =~ /b/x", 11, "Invalid regexp flag(s)")]
    [InlineData("'a' =~ /(/", 8, "Regular expression '(': a ( is not closed")]
    [InlineData("'\\777' == 'a'", 2, "Bad character escape sequence")]
    [InlineData("'a\u0001' == 'a'", 3, "Invalid string character '\\x01'")]
    [InlineData("true ; false", 6, "Parse error near character ';'")]
    [InlineData("'a' in split(/(a)\\1/, 'b')", 14, "split and sub take no regular expression with back references, look-around or atomic groups")]
    public void An_error_names_the_column(string text, int column, string message)
    {
        Assert.Null(Expression.Parse(text, ExpressionMode.Condition, Files, out ExpressionError? error));
        Assert.Equal(new ExpressionError(column, message), error);
    }

    [Theory]
    [InlineData("-d '/'")]
    [InlineData("-e '/'")]
    [InlineData("-f '/'")]
    [InlineData("-s '/'")]
    [InlineData("-L '/'")]
    [InlineData("-h '/'")]
    [InlineData("-x '/'")]
    [InlineData("-F '/'")]
    [InlineData("-U '/'")]
    [InlineData("-A '/'")]
    [InlineData("file('/') == ''")]
    [InlineData("FileSize('/') == ''")]
    [InlineData("%{filemod:/} == ''")]
    [InlineData("'%{file:/}' == ''")]
    public void Files_and_URLs_are_refused_where_they_are_not_allowed(string text)
    {
        Assert.Null(Expression.Parse(text, ExpressionMode.Condition, new ExpressionOptions(), out ExpressionError? error));
        Assert.Contains("is not available in restricted context", error!.Value.Message, StringComparison.Ordinal);
        Assert.NotNull(Expression.Parse(text, ExpressionMode.Condition, Files, out _));
    }

    [Fact]
    public void Only_what_the_answer_depends_on_varies()
    {
        var request = new RequestFacts();
        Expression.Parse("req('Accept') == '' || req_novary('Cookie') == 'a' || req('Host') == 'a' || true || req('Late') == ''", ExpressionMode.Condition, Files, out _)!.Evaluate(request);

        Assert.Equal(["Accept"], request.Varying);
    }
}
