using Microsoft.Playwright;

namespace Roundtrip.Browser.Tests;

/// <summary>Debian's Chromium, which asks nobody but the pages that a test opens.</summary>
internal static class Chromium
{
    private static readonly string[] Arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    /// <param name="further">Arguments beside the usual ones.</param>
    public static Task<IBrowser> LaunchAsync(IPlaywright playwright, params string[] further) =>
        playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = [.. Arguments, .. further] });
}
