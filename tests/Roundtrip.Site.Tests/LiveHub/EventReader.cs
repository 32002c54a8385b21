using System.Net.ServerSentEvents;

namespace Roundtrip.Site.Tests.LiveHub;

/// <summary>An event stream as a client has it, read by .NET's own parser.</summary>
internal sealed class EventReader(HttpResponseMessage response, Stream stream) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<SseItem<string>> _events = SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

    public HttpResponseMessage Response => response;

    /// <summary>The next event; null at the end.</summary>
    public async Task<SseItem<string>?> Next() => await _events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken) ? _events.Current : null;

    /// <summary>The data of so many events.</summary>
    public async Task<List<string>> Data(int count)
    {
        var data = new List<string>();
        while (data.Count < count)
        {
            data.Add((await Next())!.Value.Data);
        }

        return data;
    }

    public ValueTask DisposeAsync()
    {
        response.Dispose();
        return ValueTask.CompletedTask;
    }
}
