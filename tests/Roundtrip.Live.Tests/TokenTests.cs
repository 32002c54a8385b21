using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Roundtrip.Live.Tokens;

namespace Roundtrip.Live.Tests;

public class TokenTests
{
    private const long Now = 1_800_000_000;
    private const string Secret = "!ChangeThisMercureHubJWTSecretKey!";
    private const string Head = """{"alg":"HS256","typ":"JWT"}""";

    private static readonly TokenKey Key = KeyOf(TokenAlgorithm.HS256, Encoding.UTF8.GetBytes(Secret));

    [Fact]
    public void A_token_says_what_may_be_published_and_seen()
    {
        Assert.Equal(TokenFault.None, Read(Sign(Head, """{"mercure":{"publish":["a","/b/{id}"],"subscribe":["*"],"payload":{"user":"x"}},"exp":1800000060}"""), out LiveGrant grant));

        Assert.True(grant.MayPublish(["a", "/b/1"]));
        Assert.False(grant.MayPublish(["a", "c"]));
        Assert.Equal("*", Assert.Single(grant.Subscribe).Text);
        Assert.Equal("""{"user":"x"}""", grant.Payload);
        Assert.Equal(1_800_000_060, grant.Expires);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"mercure":{}}""")]
    [InlineData("""{"mercure":{"publish":[]}}""")]
    [InlineData("""{"mercure":{"publish":null}}""")]
    [InlineData("""{"mercure":{"subscribe":["*"]}}""")]
    public void What_a_token_does_not_say_it_does_not_allow(string claims)
    {
        Assert.Equal(TokenFault.None, Read(Sign(Head, claims), out LiveGrant grant));
        Assert.False(grant.MayPublish(["a"]));
    }

    // RFC 8725 §3.1 and §2.1: none, another algorithm, a public key taken for a secret.
    [Theory]
    [InlineData("""{"alg":"none"}""", TokenFault.Header)]
    [InlineData("""{"alg":"HS512"}""", TokenFault.Header)]
    [InlineData("""{"alg":"hs256"}""", TokenFault.Header)]
    [InlineData("""{"alg":["HS256"]}""", TokenFault.Header)]
    [InlineData("""{}""", TokenFault.Header)]
    [InlineData("""[]""", TokenFault.Header)]
    [InlineData("""{"alg":"HS256","crit":["exp"]}""", TokenFault.Header)]
    [InlineData("""{"alg":""", TokenFault.Claims)]
    public void The_header_chooses_nothing(string header, TokenFault fault) => Assert.Equal(fault, Read(Sign(header, "{}"), out _));

    [Theory]
    [InlineData("""{"exp":1799999990}""", TokenFault.Expired)]
    [InlineData("""{"exp":1800000000.5}""", TokenFault.None)]
    [InlineData("""{"nbf":1800000060}""", TokenFault.NotYetValid)]
    [InlineData("""{"exp":"1900000000"}""", TokenFault.Claims)]
    [InlineData("""{"exp":-1}""", TokenFault.Claims)]
    [InlineData("""{"exp":1e300}""", TokenFault.Claims)]
    [InlineData("""{"mercure":[]}""", TokenFault.Claims)]
    [InlineData("""{"mercure":{"publish":"*"}}""", TokenFault.Claims)]
    [InlineData("""{"mercure":{"publish":[1]}}""", TokenFault.Claims)]
    [InlineData("""{"mercure":{"subscribe":[""]}}""", TokenFault.Claims)]
    [InlineData("[]", TokenFault.Claims)]
    [InlineData("{", TokenFault.Claims)]
    [InlineData("""{"mercure":{"subscribe":["\ud800"]}}""", TokenFault.Claims)]
    public void Claims_are_what_they_are_to_be_and_of_their_time(string claims, TokenFault fault)
    {
        Assert.Equal(fault, Read(Sign(Head, claims), out LiveGrant grant));
        Assert.True(fault == TokenFault.None || ReferenceEquals(grant, LiveGrant.Nothing));
    }

    [Fact]
    public void A_changed_token_is_of_no_key()
    {
        string token = Sign(Head, """{"mercure":{"publish":["a"]}}""");
        for (int i = 0; i < token.Length; i++)
        {
            string changed = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.Contains(Read(changed, out LiveGrant grant), (TokenFault[])[TokenFault.Signature, TokenFault.Malformed]);
            Assert.Same(LiveGrant.Nothing, grant);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("é.b.c")]
    [InlineData("a.b.c=")]
    public void What_is_no_token_is_refused(string token) => Assert.NotEqual(TokenFault.None, Read(token, out _));

    [Fact]
    public void A_signature_of_another_key_is_refused_before_anything_is_read()
    {
        // The claims are no JSON at all: had they been looked at, the fault would be another.
        TokenKey other = KeyOf(TokenAlgorithm.HS256, "another secret that is long enough"u8);
        Assert.Equal(TokenFault.Signature, TokenReader.TryRead(Sign("{", "{"), other, Now, out _));
    }

    [Fact]
    public void Keys_of_all_kinds_verify_their_own()
    {
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] pem = Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem());
        byte[] curvePem = Encoding.ASCII.GetBytes(curve.ExportSubjectPublicKeyInfoPem());
        string signed = Encode("""{"alg":"RS256"}""") + "." + Encode("{}");
        string pss = Encode("""{"alg":"PS384"}""") + "." + Encode("{}");
        string es = Encode("""{"alg":"ES256"}""") + "." + Encode("{}");

        Assert.Equal(TokenFault.None, TokenReader.TryRead(signed + "." + Base64Url.EncodeToString(rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)), KeyOf(TokenAlgorithm.RS256, pem), Now, out _));
        Assert.Equal(TokenFault.None, TokenReader.TryRead(pss + "." + Base64Url.EncodeToString(rsa.SignData(Encoding.ASCII.GetBytes(pss), HashAlgorithmName.SHA384, RSASignaturePadding.Pss)), KeyOf(TokenAlgorithm.PS384, pem), Now, out _));
        Assert.Equal(TokenFault.None, TokenReader.TryRead(es + "." + Base64Url.EncodeToString(curve.SignData(Encoding.ASCII.GetBytes(es), HashAlgorithmName.SHA256)), KeyOf(TokenAlgorithm.ES256, curvePem), Now, out _));

        // The public key as a secret: the classic confusion.
        string forged = Sign(Head, "{}", pem);
        Assert.Equal(TokenFault.Signature, TokenReader.TryRead(forged, KeyOf(TokenAlgorithm.RS256, pem), Now, out _));
    }

    [Fact]
    public void A_key_that_is_too_weak_or_none_says_why()
    {
        using var small = RSA.Create(1024);
        Assert.False(TokenKey.TryCreate(TokenAlgorithm.HS256, "short"u8, out _, out string fault));
        Assert.Contains("5 bytes", fault, StringComparison.Ordinal);
        Assert.False(TokenKey.TryCreate(TokenAlgorithm.RS256, Encoding.ASCII.GetBytes(small.ExportSubjectPublicKeyInfoPem()), out _, out fault));
        Assert.Contains("1024 bits", fault, StringComparison.Ordinal);
        Assert.False(TokenKey.TryCreate(TokenAlgorithm.ES256, "nothing"u8, out _, out fault));
        Assert.Contains("PEM", fault, StringComparison.Ordinal);
    }

    private static TokenKey KeyOf(TokenAlgorithm algorithm, ReadOnlySpan<byte> material)
    {
        Assert.True(TokenKey.TryCreate(algorithm, material, out TokenKey? key, out string fault), fault);
        return key;
    }

    private static TokenFault Read(string token, out LiveGrant grant) => TokenReader.TryRead(token, Key, Now, out grant);

    private static string Sign(string header, string claims, byte[]? secret = null)
    {
        string content = Encode(header) + "." + Encode(claims);
        return content + "." + Base64Url.EncodeToString(HMACSHA256.HashData(secret ?? Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes(content)));
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
