using Roundtrip.Fuzz;
using SharpFuzz;

// list: the names of the targets.
// fuzz TARGET FILE: under afl-fuzz, which writes each input to the file, with Roundtrip's libraries instrumented by the sharpfuzz tool (eng/fuzz run TARGET SECONDS).
// replay TARGET FOLDER: each file of the folder once, uninstrumented: a corpus stays solved.
// run TARGET: one input from standard input.
var targets = new Dictionary<string, FuzzTarget>
{
    ["configuration"] = ConfigurationTarget.Run,
    ["deflate"] = DeflateTarget.Run,
    ["delegation"] = DelegationTarget.Run,
    ["dns"] = DnsTarget.Run,
    ["frames"] = FramesTarget.Run,
    ["hpack"] = HpackTarget.Run,
    ["http1"] = Http1Target.Run,
    ["http1-client"] = Http1ClientTarget.Run,
    ["http2"] = Http2Target.Run,
    ["http2-client"] = Http2ClientTarget.Run,
    ["live"] = LiveTarget.Run,
    ["packets"] = PacketsTarget.Run,
    ["paths"] = PathsTarget.Run,
    ["sse"] = SseTarget.Run,
    ["structured-fields"] = StructuredFieldsTarget.Run,
    ["trace"] = TraceTarget.Run,
    ["websocket"] = WebSocketTarget.Run,
};

if (args is ["list"])
{
    Console.WriteLine(string.Join('\n', targets.Keys));
    return 0;
}

if (args.Length < 2 || !targets.TryGetValue(args[1], out FuzzTarget? target))
{
    Console.Error.WriteLine($"usage: list | fuzz TARGET FILE | replay TARGET FOLDER | run TARGET    targets: {string.Join(' ', targets.Keys)}");
    return 2;
}

switch (args)
{
    case ["fuzz", _, string file]:
        // Not from the stream that Run gives: it reads the first input before afl-fuzz has said that it is there, and often gets nothing of it. A target that then runs no code of ours
        // seems not to be instrumented, and afl-fuzz gives up. Its very first call, which does not count, still comes so early; what it throws is caught.
        Fuzzer.Run(_ => target(File.ReadAllBytes(file)));
        return 0;

    case ["replay", _, string folder]:
        return Replay.Run(target, folder);

    case ["run", _]:
        using (var input = new MemoryStream())
        {
            Console.OpenStandardInput().CopyTo(input);
            target(input.ToArray());
        }

        return 0;

    default:
        Console.Error.WriteLine($"'{args[0]}' is not a verb, or lacks its folder.");
        return 2;
}
