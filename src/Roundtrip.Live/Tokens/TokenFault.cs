namespace Roundtrip.Live.Tokens;

/// <summary>Why a token says nothing. A client is told no more than that it is invalid; the log has the reason.</summary>
public enum TokenFault : byte
{
    None,

    /// <summary>It is no JWS in compact form, or longer than allowed.</summary>
    Malformed,

    /// <summary>Its signature is not made with the key.</summary>
    Signature,

    /// <summary>Its header names another algorithm than the configuration, or wants what is not understood (<c>crit</c>).</summary>
    Header,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Its time has not begun.</summary>
    NotYetValid,

    /// <summary>Its claims are no JSON object, or of other types than they are to have.</summary>
    Claims,
}
