using Microsoft.Playwright;

namespace Roundtrip.Browser.Tests.Live;

/// <summary>One browser for the tests of a class.</summary>
public sealed class LiveBrowser : IAsyncLifetime
{
    /// <summary>This machine by a name that is no secure context over HTTP: locks and what needs them are not there.</summary>
    public const string OtherName = "live.test";

    private IPlaywright _playwright = null!;

    public IBrowser Chromium { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        // A SharedWorker's requests are not covered by a context's own way to ignore certificates.
        Chromium = await Tests.Chromium.LaunchAsync(_playwright, "--ignore-certificate-errors", $"--host-resolver-rules=MAP {OtherName} 127.0.0.1");
    }

    public async ValueTask DisposeAsync()
    {
        await Chromium.DisposeAsync();
        _playwright.Dispose();
    }
}
