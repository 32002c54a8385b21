using System.CommandLine;

namespace Roundtrip.Program;

/// <summary>The options by which verbs name a configuration, as httpd has them.</summary>
internal static class ConfigurationOptions
{
    public static Option<FileInfo> File()
    {
        var file = new Option<FileInfo>("-c") { Description = "A configuration file in httpd's language, such as /etc/apache2/apache2.conf.", HelpName = "FILE" };
        file.AcceptExistingOnly();
        return file;
    }

    public static Option<string[]> Defines() => new("-D") { Description = "Defines a name for IfDefine.", HelpName = "NAME" };
}
