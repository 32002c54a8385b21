using Roundtrip.Core;
using Roundtrip.Http.Tests.Http1;

namespace Roundtrip.Server.Tests;

/// <summary>What is said of a request that the engine refuses, to its client, in the error log, and to the access log.</summary>
public class RefusalLogTests
{
    public static TheoryData<EndReason, int, string> Vectors() => RefusalVectors.All();

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Each_refusal_is_answered_with_its_status_and_its_sentence_and_has_a_line_in_both_logs(EndReason reason, int status, string vector)
    {
        using var server = new InMemoryServer(new BodyReader().Start, RefusalVectors.Limits);
        InMemoryServer.Client client = server.Connect();
        client.Send(vector);
        string response = client.Receive();

        Assert.StartsWith($"HTTP/1.1 {status} ", response, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", response, StringComparison.Ordinal);
        Assert.EndsWith($"\r\n\r\n{EndReasons.Describe(reason)}\n", response, StringComparison.Ordinal);
        Assert.True(client.IsEnded);
        Assert.Equal((status, reason), server.Ended.All.Select(ended => (ended.Status, ended.Reason)).Single());
        string line = Assert.Single(server.Errors().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches($@"\[client [0-9.:]+\] .*{System.Text.RegularExpressions.Regex.Escape(EndReasons.Describe(reason))} \(answered {status}\)$", line);
    }
}
