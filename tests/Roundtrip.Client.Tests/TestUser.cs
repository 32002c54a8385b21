using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Client.Tests;

/// <summary>Who asks: writes down what comes of a request, and can be waited for by the test's thread.</summary>
internal sealed class TestUser : IClientUser
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Action<ClientExchange>? Received { get; init; }

    /// <summary>Called with the reason and whether the request may be sent again; true: it is, and this was not its end.</summary>
    public Func<EndReason, bool, bool>? SendsAgain { get; init; }

    public string Text { get; private set; } = "";

    public long Content { get; private set; }

    public ClientConnection? Connection { get; private set; }

    public void OnStarted(ClientConnection connection, ClientExchange exchange) => Connection = connection;

    public void OnConnectFailed(EndReason reason, string detail)
    {
        Text += $"failed {reason}: {detail}";
        _over.SetResult();
    }

    public void OnInformational(ClientExchange exchange) => Text += $"{exchange.Status} ";

    public void OnResponse(ClientExchange exchange) => Text += $"{exchange.Version} {exchange.Status} ";

    public void OnContent(ClientExchange exchange, ReadOnlySpan<byte> content)
    {
        Content += content.Length;
        if (Content <= 100)
        {
            Text += $"{Encoding.Latin1.GetString(content)} ";
        }

        Received?.Invoke(exchange);
    }

    public void OnTrailers(ClientExchange exchange)
    {
    }

    public void OnWritable(ClientExchange exchange)
    {
    }

    public void OnEnded(ClientExchange exchange, EndReason reason, bool isRetryable)
    {
        Text += $"ended {reason}{(isRetryable ? " retryable" : "")}";
        if (SendsAgain?.Invoke(reason, isRetryable) == true)
        {
            Text += "; ";
            return;
        }

        _over.SetResult();
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>All that came, in a line.</returns>
    public string Wait()
    {
        Assert.True(_over.Task.Wait(TimeSpan.FromSeconds(20)), $"no end after: {Text}");
        return Text;
    }
}
