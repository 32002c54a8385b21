using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Roundtrip.Live.Tokens;

/// <summary>A key and the one algorithm that it is for: what a token says of itself chooses neither (RFC 8725 §3.1).</summary>
public sealed class TokenKey
{
    // RFC 7518 §3.2: a key of the size of the hash output or larger. Hubs in use have shorter ones; what can be guessed is refused all the same.
    private const int ShortestSecret = 16;
    private const int ShortestModulus = 2048;

    private readonly Func<byte[], byte[], bool> _verifies;

    private TokenKey(TokenAlgorithm algorithm, Func<byte[], byte[], bool> verifies) => (Algorithm, _verifies) = (algorithm, verifies);

    public TokenAlgorithm Algorithm { get; }

    /// <summary>Reads a key.</summary>
    /// <param name="material">For HS the secret itself; for the others a public key or certificate in PEM.</param>
    /// <param name="fault">What is wrong with it.</param>
    public static bool TryCreate(TokenAlgorithm algorithm, ReadOnlySpan<byte> material, [NotNullWhen(true)] out TokenKey? key, out string fault)
    {
        key = null;
        fault = "";
        try
        {
            key = algorithm switch
            {
                TokenAlgorithm.HS256 or TokenAlgorithm.HS384 or TokenAlgorithm.HS512 => Secret(algorithm, material.ToArray(), ref fault),
                TokenAlgorithm.ES256 or TokenAlgorithm.ES384 or TokenAlgorithm.ES512 => Curve(algorithm, System.Text.Encoding.UTF8.GetString(material), ref fault),
                _ => Modulus(algorithm, System.Text.Encoding.UTF8.GetString(material), ref fault),
            };
        }
        catch (Exception broken) when (broken is ArgumentException or CryptographicException)
        {
            fault = $"it is no public key of {algorithm} in PEM";
        }

        return key is not null;
    }

    /// <summary>Whether a signature is this key's. Thread-safe.</summary>
    public bool Verifies(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature) => _verifies(content.ToArray(), signature.ToArray());

    private static TokenKey? Secret(TokenAlgorithm algorithm, byte[] secret, ref string fault)
    {
        if (secret.Length < ShortestSecret)
        {
            fault = $"it has {secret.Length} bytes; {ShortestSecret} are the least, {HashOf(algorithm).Name![3..]} bits are right";
            return null;
        }

        return new TokenKey(algorithm, (content, signature) => CryptographicOperations.FixedTimeEquals(CryptographicOperations.HmacData(HashOf(algorithm), secret, content), signature));
    }

    private static TokenKey? Modulus(TokenAlgorithm algorithm, string pem, ref string fault)
    {
        RSA rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        if (rsa.KeySize < ShortestModulus)
        {
            fault = $"it has {rsa.KeySize} bits; {ShortestModulus} are the least (RFC 7518 section 3.3)";
            return null;
        }

        RSASignaturePadding padding = algorithm is TokenAlgorithm.PS256 or TokenAlgorithm.PS384 or TokenAlgorithm.PS512 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return new TokenKey(algorithm, (content, signature) =>
        {
            lock (rsa)
            {
                return rsa.VerifyData(content, signature, HashOf(algorithm), padding);
            }
        });
    }

    private static TokenKey? Curve(TokenAlgorithm algorithm, string pem, ref string fault)
    {
        ECDsa curve = ECDsa.Create();
        curve.ImportFromPem(pem);
        int bits = algorithm switch { TokenAlgorithm.ES256 => 256, TokenAlgorithm.ES384 => 384, _ => 521 };
        if (curve.KeySize != bits)
        {
            fault = $"it is of a curve of {curve.KeySize} bits; {algorithm} has {bits} (RFC 7518 section 3.4)";
            return null;
        }

        return new TokenKey(algorithm, (content, signature) =>
        {
            lock (curve)
            {
                return curve.VerifyData(content, signature, HashOf(algorithm), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            }
        });
    }

    private static HashAlgorithmName HashOf(TokenAlgorithm algorithm) => ((int)algorithm % 3) switch
    {
        0 => HashAlgorithmName.SHA256,
        1 => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };
}
