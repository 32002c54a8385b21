using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2;

public class StreamTransitionTests
{
    // RFC 9113 §5.1 read once more, by another way: a row for each state, a column for each event. A state's letter is where it goes;
    // "s" and "c" are STREAM_CLOSED of the stream and of the connection, "!" is PROTOCOL_ERROR of the connection.
    //                                              sH  sHE sD  sDE sPP sR  rH  rHE rD  rDE rPP rR  rWU rP
    private static readonly string[] Expected =
    [
        /* Idle             */ "O  L   !   !   P   !   O   R   !   !   Q   !   !   I",
        /* ReservedLocal    */ "R  C   !   !   !   C   !   !   !   !   !   C   P   P",
        /* ReservedRemote   */ "!  !   !   !   !   C   L   C   !   !   !   C   !   Q",
        /* Open             */ "O  L   O   L   !   C   O   R   O   R   !   C   O   O",
        /* HalfClosedLocal  */ "!  !   !   !   !   C   L   C   L   C   !   C   L   L",
        /* HalfClosedRemote */ "R  C   R   C   !   C   s   s   s   s   !   C   R   R",
        /* Closed           */ "!  !   !   !   !   !   c   c   c   c   !   C   C   C",
    ];

    [Fact]
    public void Every_event_in_every_state_goes_where_the_RFC_says()
    {
        foreach (StreamState state in Enum.GetValues<StreamState>())
        {
            string[] row = Expected[(int)state].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (StreamEvent what in Enum.GetValues<StreamEvent>())
            {
                Assert.True(Letter(StreamTransitions.Of(state, what)) == row[(int)what], $"{what} in {state}: {StreamTransitions.Of(state, what)}");
            }
        }
    }

    private static string Letter(StreamTransition transition) => transition switch
    {
        { Code: ErrorCode.StreamClosed, Scope: ErrorScope.Exchange } => "s",
        { Code: ErrorCode.StreamClosed } => "c",
        { IsError: true } => "!",
        _ => "IPQOLRC"[(int)transition.Next].ToString(),
    };
}
