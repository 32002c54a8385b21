using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Roundtrip.Http.WebSocket.Deflate;

namespace Roundtrip.Http.WebSocket.Handshake;

/// <summary>RFC 7692 section 7.1: how permessage-deflate and its parameters are agreed on.</summary>
internal static class DeflateNegotiation
{
    private static ReadOnlySpan<byte> Name => "permessage-deflate"u8;

    private static ReadOnlySpan<byte> ServerNoContextTakeover => "server_no_context_takeover"u8;

    private static ReadOnlySpan<byte> ClientNoContextTakeover => "client_no_context_takeover"u8;

    private static ReadOnlySpan<byte> ServerMaxWindowBits => "server_max_window_bits"u8;

    private static ReadOnlySpan<byte> ClientMaxWindowBits => "client_max_window_bits"u8;

    /// <summary>The server's side: takes the first offer that it can, declines the others.</summary>
    /// <param name="value">A client's Sec-WebSocket-Extensions.</param>
    /// <param name="options">What is wanted; null for no compression: the value is looked at all the same.</param>
    /// <param name="agreed">What was agreed on, or null.</param>
    /// <returns>False where the value is malformed.</returns>
    public static bool TryChoose(ReadOnlySpan<byte> value, DeflateOptions? options, out DeflateParameters? agreed)
    {
        agreed = null;
        var reader = new ExtensionReader(value);
        while (reader.TryReadExtension(out ReadOnlySpan<byte> name))
        {
            bool isOurs = Ascii.EqualsIgnoreCase(name, Name);
            bool isValid = TryReadParameters(ref reader, isResponse: false, out Parameters offer);
            if (isOurs && isValid && options is not null && agreed is null)
            {
                agreed = Agree(offer, options);
            }
        }

        return !reader.IsMalformed;
    }

    /// <summary>The answer to the offer that was taken.</summary>
    public static string Describe(in DeflateParameters agreed)
    {
        var text = new StringBuilder("permessage-deflate");
        text.Append(agreed.ServerNoContextTakeover ? "; server_no_context_takeover" : "");
        text.Append(agreed.ClientNoContextTakeover ? "; client_no_context_takeover" : "");
        AppendBits(text, "server_max_window_bits", agreed.ServerWindowBits);
        AppendBits(text, "client_max_window_bits", agreed.ClientWindowBits);
        return text.ToString();
    }

    /// <summary>The client's side: what it offers.</summary>
    public static string Offer(DeflateOptions options)
    {
        var text = new StringBuilder("permessage-deflate");
        text.Append(options.ServerContextTakeover ? "" : "; server_no_context_takeover");
        text.Append(options.ClientContextTakeover ? "" : "; client_no_context_takeover");
        AppendBits(text, "server_max_window_bits", options.ServerWindowBits);

        // RFC 7692 §7.1.2.2: without a value it says only that a server may choose.
        text.Append("; client_max_window_bits");
        if (options.ClientWindowBits < DeflateFormat.MaximumWindowBits)
        {
            text.Append(CultureInfo.InvariantCulture, $"={options.ClientWindowBits}");
        }

        return text.ToString();
    }

    /// <summary>The client's side: what a server's answer to that offer means. Anything that was not offered is an error.</summary>
    /// <param name="value">The server's Sec-WebSocket-Extensions.</param>
    /// <param name="options">What was offered; null for nothing.</param>
    public static bool TryReadAnswer(ReadOnlySpan<byte> value, DeflateOptions? options, out DeflateParameters? agreed)
    {
        agreed = null;
        var reader = new ExtensionReader(value);
        while (reader.TryReadExtension(out ReadOnlySpan<byte> name))
        {
            if (options is null || agreed is not null || !Ascii.EqualsIgnoreCase(name, Name)
                || !TryReadParameters(ref reader, isResponse: true, out Parameters answer)

                // RFC 7692 §7.1.1.1, §7.1.2.1: an offer is taken as it is, or declined.
                || (!options.ServerContextTakeover && !answer.ServerNoContextTakeover)
                || (answer.ServerWindowBits ?? DeflateFormat.MaximumWindowBits) > options.ServerWindowBits)
            {
                return false;
            }

            agreed = new DeflateParameters(
                answer.ServerNoContextTakeover, answer.ClientNoContextTakeover || !options.ClientContextTakeover,
                answer.ServerWindowBits ?? DeflateFormat.MaximumWindowBits, Math.Min(answer.ClientWindowBits ?? DeflateFormat.MaximumWindowBits, options.ClientWindowBits));
        }

        return !reader.IsMalformed;
    }

    private static DeflateParameters Agree(in Parameters offer, DeflateOptions options)
    {
        // RFC 7692 §7.1.2.1: the server may use less than it was asked to keep to; §7.1.2.2: the client only where it said that it can.
        int server = Math.Min(offer.ServerWindowBits ?? DeflateFormat.MaximumWindowBits, options.ServerWindowBits);
        int client = !offer.HasClientWindowBits ? DeflateFormat.MaximumWindowBits
            : Math.Min(offer.ClientWindowBits ?? DeflateFormat.MaximumWindowBits, options.ClientWindowBits);
        return new DeflateParameters(
            offer.ServerNoContextTakeover || !options.ServerContextTakeover, offer.ClientNoContextTakeover || !options.ClientContextTakeover, server, client);
    }

    // RFC 7692 §7.1: an unknown parameter, one twice, or an invalid value declines the offer, or fails the answer. All are read in any case.
    private static bool TryReadParameters(ref ExtensionReader reader, bool isResponse, out Parameters read)
    {
        read = default;
        bool isValid = true;
        while (reader.TryReadParameter(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> argument))
        {
            if (Ascii.EqualsIgnoreCase(name, ServerNoContextTakeover))
            {
                isValid &= argument.IsEmpty && !read.ServerNoContextTakeover;
                read.ServerNoContextTakeover = true;
            }
            else if (Ascii.EqualsIgnoreCase(name, ClientNoContextTakeover))
            {
                isValid &= argument.IsEmpty && !read.ClientNoContextTakeover;
                read.ClientNoContextTakeover = true;
            }
            else if (Ascii.EqualsIgnoreCase(name, ServerMaxWindowBits))
            {
                isValid &= read.ServerWindowBits is null && TryReadBits(argument, out read.ServerWindowBits);
            }
            else if (Ascii.EqualsIgnoreCase(name, ClientMaxWindowBits))
            {
                isValid &= !read.HasClientWindowBits && ((argument.IsEmpty && !isResponse) || TryReadBits(argument, out read.ClientWindowBits));
                read.HasClientWindowBits = true;
            }
            else
            {
                isValid = false;
            }
        }

        return isValid && !reader.IsMalformed;
    }

    // A decimal number from 8 to 15, without leading zeros.
    private static bool TryReadBits(ReadOnlySpan<byte> argument, out int? bits)
    {
        bits = null;
        if (argument.Length is 0 or > 2 || argument[0] is < (byte)'1' or > (byte)'9' || !Utf8Parser.TryParse(argument, out int value, out int consumed) || consumed != argument.Length
            || value is < DeflateFormat.MinimumWindowBits or > DeflateFormat.MaximumWindowBits)
        {
            return false;
        }

        bits = value;
        return true;
    }

    private static void AppendBits(StringBuilder text, string name, int bits)
    {
        if (bits < DeflateFormat.MaximumWindowBits)
        {
            text.Append(CultureInfo.InvariantCulture, $"; {name}={bits}");
        }
    }

    private struct Parameters
    {
        public bool ServerNoContextTakeover;
        public bool ClientNoContextTakeover;
        public int? ServerWindowBits;
        public int? ClientWindowBits;
        public bool HasClientWindowBits;
    }
}
