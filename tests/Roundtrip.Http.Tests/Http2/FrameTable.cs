namespace Roundtrip.Http.Tests.Http2;

/// <summary>A table of what each frame does in each state of a stream: a row for each of <see cref="Frames"/>, a column for each state, the columns parted by spaces.</summary>
internal static class FrameTable
{
    public static readonly string[] Frames =
    [
        "DATA", "DATA end", "HEADERS", "HEADERS end", "PRIORITY", "RST_STREAM", "PUSH_PROMISE", "WINDOW_UPDATE", "CONTINUATION", "unknown",
        "SETTINGS", "PING", "GOAWAY", "PRIORITY_UPDATE",
    ];

    /// <summary>Frame, state and what is expected, for each cell.</summary>
    public static TheoryData<string, string, string> Cells(string[] states, string[] expected)
    {
        var cells = new TheoryData<string, string, string>();
        for (int frame = 0; frame < Frames.Length; frame++)
        {
            string[] row = expected[frame].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(states.Length, row.Length);
            for (int state = 0; state < states.Length; state++)
            {
                cells.Add(Frames[frame], states[state], row[state]);
            }
        }

        return cells;
    }
}
