using System.Text;
using Roundtrip.Http.WebSocket.Deflate;
using Roundtrip.Http.WebSocket.Handshake;

namespace Roundtrip.Http.Tests.WebSocket;

/// <summary>RFC 7692 sections 5 and 7.1, RFC 6455 section 9.1: what is offered, taken, declined and refused.</summary>
public class DeflateNegotiationTests
{
    private static readonly DeflateOptions Keeping = new() { ServerContextTakeover = true, ClientContextTakeover = true };

    [Theory]
    [InlineData("permessage-deflate", "permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; client_max_window_bits", "permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [InlineData("PERMESSAGE-DEFLATE ; Client_Max_Window_Bits = \"10\"", "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits=9", "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9")]
    [InlineData("permessage-deflate; server_max_window_bits=8; client_max_window_bits=8", "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8; client_max_window_bits=8")]
    [InlineData("x-webkit-deflate-frame, , foo; bar=\"baz\" ,permessage-deflate", "permessage-deflate; server_no_context_takeover; client_no_context_takeover")]

    // The first that can be taken is, the others are not.
    [InlineData("permessage-deflate; server_max_window_bits=7, permessage-deflate; server_max_window_bits=10, permessage-deflate", "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10")]

    // Declined: unknown, repeated and invalid parameters.
    [InlineData("permessage-deflate; unknown", "")]
    [InlineData("permessage-deflate; server_no_context_takeover=1", "")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover", "")]
    [InlineData("permessage-deflate; server_max_window_bits", "")]
    [InlineData("permessage-deflate; server_max_window_bits=16", "")]
    [InlineData("permessage-deflate; server_max_window_bits=08", "")]
    [InlineData("permessage-deflate; client_max_window_bits=+9", "")]
    [InlineData("permessage-deflate; client_max_window_bits=99999999999999999999", "")]
    [InlineData("permessage-bzip2", "")]
    [InlineData("", "")]

    // Malformed: the handshake fails.
    [InlineData("permessage-deflate;", null)]
    [InlineData("permessage-deflate; a=", null)]
    [InlineData("permessage-deflate; a=\"", null)]
    [InlineData("permessage-deflate; a=\"b c\"", null)]
    [InlineData("permessage-deflate foo", null)]
    [InlineData("=", null)]
    [InlineData("permessage-deflate, @", null)]
    public void A_server_takes_the_first_offer_that_it_can(string offers, string? answer)
    {
        bool isRead = DeflateNegotiation.TryChoose(Encoding.ASCII.GetBytes(offers), DeflateOptions.Default, out DeflateParameters? agreed);

        Assert.Equal(answer, !isRead ? null : agreed is { } parameters ? DeflateNegotiation.Describe(parameters) : "");
    }

    [Fact]
    public void A_server_that_keeps_contexts_obeys_a_client_that_wants_none()
    {
        DeflateNegotiation.TryChoose("permessage-deflate; server_no_context_takeover; client_max_window_bits"u8, Keeping with { ClientWindowBits = 12, ServerWindowBits = 11 }, out DeflateParameters? agreed);
        Assert.Equal(new DeflateParameters(true, false, 11, 12), agreed);
        DeflateNegotiation.TryChoose("permessage-deflate"u8, Keeping with { ClientWindowBits = 12 }, out agreed);

        // A client that does not say that it can do with less is not asked to.
        Assert.Equal(new DeflateParameters(false, false), agreed);
    }

    [Fact]
    public void A_server_without_compression_takes_none()
    {
        Assert.True(DeflateNegotiation.TryChoose("permessage-deflate"u8, null, out DeflateParameters? agreed));
        Assert.Null(agreed);
    }

    [Theory]
    [InlineData("permessage-deflate", true)]
    [InlineData("permessage-deflate; server_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9", true)]
    [InlineData("", true)]
    [InlineData("permessage-deflate; client_max_window_bits", false)]
    [InlineData("permessage-deflate; unknown", false)]
    [InlineData("permessage-deflate, permessage-deflate", false)]
    [InlineData("other", false)]
    [InlineData("permessage-deflate; server_max_window_bits=16", false)]
    [InlineData("permessage-deflate;;", false)]
    public void A_client_fails_on_an_answer_that_is_none_to_its_offer(string answer, bool isGood) =>
        Assert.Equal(isGood, DeflateNegotiation.TryReadAnswer(Encoding.ASCII.GetBytes(answer), Keeping, out _));

    [Fact]
    public void A_client_insists_on_what_it_offered()
    {
        Assert.False(DeflateNegotiation.TryReadAnswer("permessage-deflate"u8, DeflateOptions.Default, out _));
        Assert.False(DeflateNegotiation.TryReadAnswer("permessage-deflate; server_max_window_bits=12"u8, Keeping with { ServerWindowBits = 11 }, out _));
        Assert.False(DeflateNegotiation.TryReadAnswer("permessage-deflate"u8, null, out _));
        Assert.True(DeflateNegotiation.TryReadAnswer("permessage-deflate; client_max_window_bits=12"u8, Keeping with { ClientWindowBits = 11 }, out DeflateParameters? agreed));
        Assert.Equal(new DeflateParameters(false, false, 15, 11), agreed);
    }

    [Fact]
    public void What_a_client_offers_a_server_takes_as_it_was_meant()
    {
        foreach (DeflateOptions options in new[] { DeflateOptions.Default, Keeping, Keeping with { ServerWindowBits = 9, ClientWindowBits = 10 } })
        {
            Assert.True(DeflateNegotiation.TryChoose(Encoding.ASCII.GetBytes(DeflateNegotiation.Offer(options)), Keeping, out DeflateParameters? taken));
            Assert.True(DeflateNegotiation.TryReadAnswer(Encoding.ASCII.GetBytes(DeflateNegotiation.Describe(taken!.Value)), options, out DeflateParameters? agreed));
            Assert.Equal(taken, agreed);
        }
    }
}
