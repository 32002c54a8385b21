namespace Roundtrip.Site.Http2;

/// <summary>The Link field of what H2PushResource names. Browsers fetch nothing of which they are not told what it is (W3C Preload, "as"), so its name says it where it can.</summary>
internal static class PreloadLink
{
    public static string Of(string path, bool isCritical) => $"<{path}>; rel=preload{As(path)}{(isCritical ? "; critical" : "")}";

    private static string As(string path) => System.IO.Path.GetExtension(path.Split('?', '#')[0]).ToUpperInvariant() switch
    {
        ".CSS" => "; as=style",
        ".JS" => "; as=script",

        // Modules and fonts are fetched in mode cors.
        ".MJS" => "; as=script; crossorigin",
        ".WOFF2" or ".WOFF" or ".TTF" or ".OTF" => "; as=font; crossorigin",
        ".AVIF" or ".GIF" or ".ICO" or ".JPEG" or ".JPG" or ".PNG" or ".SVG" or ".WEBP" => "; as=image",
        _ => "",
    };
}
