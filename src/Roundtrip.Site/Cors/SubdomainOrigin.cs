using System.Text;

namespace Roundtrip.Site.Cors;

/// <summary><c>https://*.example.org</c>: every name below a domain, however deep, and not the domain itself.</summary>
internal sealed class SubdomainOrigin : AllowedOrigin
{
    private readonly byte[] _scheme;
    private readonly byte[] _domain;

    private SubdomainOrigin(string scheme, string domain) => (_scheme, _domain) = (Encoding.ASCII.GetBytes(scheme), Encoding.ASCII.GetBytes(domain));

    /// <exception cref="FormatException">The star stands elsewhere, or before a domain as wide as <c>org</c>.</exception>
    public static new SubdomainOrigin Parse(string word)
    {
        int star = word.IndexOf("://*.", StringComparison.Ordinal);
        if (star < 0 || word.Count('*') > 1)
        {
            throw new FormatException($"'{word}': a * stands for names below a domain, as in https://*.example.org");
        }

        string scheme = word[..(star + 3)];
        string domain = word[(star + 5)..];
        SerializedOrigin.Checked(scheme + domain);
        string host = domain.Split(':')[0];
        if (domain[0] == '[' || char.IsAsciiDigit(host[(host.LastIndexOf('.') + 1)]))
        {
            throw new FormatException($"'{word}': an address has no names below it");
        }

        if (!host.Contains('.') && host != "localhost")
        {
            throw new FormatException($"'{word}' allows every site below {host}: name a domain of your own");
        }

        return new SubdomainOrigin(scheme, "." + domain);
    }

    public override bool Allows(ReadOnlySpan<byte> origin) => origin.Length > _scheme.Length + _domain.Length
        && origin.StartsWith(_scheme) && origin.EndsWith(_domain) && SerializedOrigin.IsTuple(origin);
}
