using Roundtrip.Site.Mapping;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Mapping;

public class PathTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("2F61")]
    [InlineData("2FC3A9")]
    [InlineData("2FFF2E747874")]
    [InlineData("2FC0AE2FF09F98802F80")]
    [InlineData("EDB3BF")]
    [InlineData("F09F9880ED")]
    public void A_path_is_the_same_bytes_again(string hex)
    {
        byte[] path = Convert.FromHexString(hex);

        Assert.Equal(path, PathText.Bytes(PathText.Of(path)));
    }

    [Fact]
    public void What_stands_around_a_byte_that_is_no_text_stays_where_it_is() =>
        Assert.Equal("/admin/\uDCFF.php", PathText.Of([.. "/admin/"u8, 0xFF, .. ".php"u8]));

    [Theory]
    [InlineData("<Location /admin>\nRequire all denied\n</Location>")]
    [InlineData("<LocationMatch ^/admin/>\nRequire all denied\n</LocationMatch>")]
    [InlineData("<FilesMatch \\.php$>\nRequire all denied\n</FilesMatch>")]
    [InlineData("<Files *.php>\nRequire all denied\n</Files>")]
    public void A_section_holds_for_a_name_that_is_no_text(string conf)
    {
        using var site = new SiteUnderTest { Conf = conf };
        using var open = new SiteUnderTest();
        Write(site.Folder["admin"]);
        Write(open.Folder["admin"]);

        Assert.Equal(403, site.Get("/admin/%ff.php").Status);
        Assert.Equal(200, open.Get("/admin/%ff.php").Status);
        Shell($"rm -r '{site.Folder["admin"]}' '{open.Folder["admin"]}'");
    }

    // .NET's own file names are text; the shell's are bytes.
    private static void Write(string folder) => Shell($"mkdir '{folder}' && printf x > \"$(printf '{folder}/\\377.php')\"");

    private static void Shell(string command)
    {
        using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-c", command]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
