using System.Text.RegularExpressions;
using Roundtrip.Site.Directories;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Directories;

public partial class ListingTests
{
    [Theory]
    [InlineData("", "", "a-2.txt a-10.txt b.gz z/")]
    [InlineData("IndexOptions -VersionSort", "", "a-10.txt a-2.txt b.gz z/")]
    [InlineData("IndexOptions +FoldersFirst", "", "z/ a-2.txt a-10.txt b.gz")]
    [InlineData("", "?C=N;O=D", "z/ b.gz a-10.txt a-2.txt")]
    [InlineData("", "?C=S;O=A", "z/ b.gz a-2.txt a-10.txt")]
    [InlineData("", "?C=S&O=D", "a-10.txt a-2.txt b.gz z/")]
    [InlineData("", "?V=0", "a-10.txt a-2.txt b.gz z/")]
    [InlineData("", "?P=*.txt", "a-2.txt a-10.txt")]
    [InlineData("", "?P=%2A.gz", "b.gz")]
    [InlineData("", "?C=X;O=Y;F=9;V=7;=;;", "a-2.txt a-10.txt b.gz z/")]
    [InlineData("IndexOptions +IgnoreClient", "?C=N;O=D", "a-2.txt a-10.txt b.gz z/")]
    [InlineData("IndexOrderDefault Descending Size", "", "a-10.txt a-2.txt b.gz z/")]
    [InlineData("IndexIgnore *.gz z", "", "a-2.txt a-10.txt")]
    [InlineData("IndexIgnore *\nIndexIgnoreReset On\nIndexIgnore *.gz", "", "a-2.txt a-10.txt z/")]
    public void Names_are_chosen_and_sorted_as_the_configuration_and_the_query_say(string conf, string query, string expected)
    {
        using SiteUnderTest site = Of("IndexOptions FancyIndexing VersionSort\n" + conf);

        string page = site.Get("/d/" + query).Text;

        Assert.Equal(expected, string.Join(' ', Links().Matches(page).Select(match => match.Groups[1].Value).Where(link => !link.StartsWith('?') && link != "/")));
    }

    [Theory]
    [InlineData("", "br")]
    [InlineData("RequestHeader unset Accept-Encoding\n", null)]
    [InlineData("RequestHeader unset Accept-Encoding early\n", null)]
    public void It_is_compressed_as_the_request_says_that_RequestHeader_left(string conf, string? coding)
    {
        using SiteUnderTest site = Of(conf + "AddOutputFilterByType BROTLI_COMPRESS text/html\nIndexOptions FancyIndexing\nCompressMinSize 1\n");

        Assert.Equal(coding, site.Get("/d/", "Accept-Encoding: br").Field("Content-Encoding"));
    }

    [Fact]
    public void Icons_alternatives_and_descriptions_follow_names_and_types()
    {
        using SiteUnderTest site = Of("""
            IndexOptions FancyIndexing
            AddIconByType (TXT,/icons/text.gif) text/*
            AddIcon /icons/compressed.gif .gz
            AddIcon /icons/back.gif ..
            AddIcon /icons/folder.gif ^^DIRECTORY^^
            AddIcon /icons/blank.gif ^^BLANKICON^^
            DefaultIcon /icons/unknown.gif
            AddDescription "two of them" a-*.txt */a-2.txt
            """);

        string page = site.Get("/d/").Text;

        Assert.Contains("<td><img src=\"/icons/blank.gif\" alt=\"[ICO]\"></td>", page, StringComparison.Ordinal);
        Assert.Contains("<tr><td><img src=\"/icons/back.gif\" alt=\"[PARENTDIR]\"></td><td><a href=\"/\">Parent Directory</a></td><td></td><td class=\"n\">-</td><td></td></tr>", page, StringComparison.Ordinal);
        Assert.Matches("<tr><td><img src=\"/icons/text.gif\" alt=\"\\[TXT\\]\"></td><td><a href=\"a-2.txt\">a-2.txt</a></td><td>[-0-9: ]{16}</td><td class=\"n\">20</td><td>two of them</td></tr>", page);
        Assert.Contains("<img src=\"/icons/compressed.gif\" alt=\"[   ]\"></td><td><a href=\"b.gz\">", page, StringComparison.Ordinal);
        Assert.Contains("<img src=\"/icons/folder.gif\" alt=\"[DIR]\"></td><td><a href=\"z/\">z/</a>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_query_stands_nowhere_in_the_page_as_it_came()
    {
        using SiteUnderTest site = Of("");

        string page = site.Get("/d/?P=*\"><script>&C=N").Text;

        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.Contains("%22%3E%3Cscript%3E", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("IndexOptions +ShowForbidden", true)]
    public void What_a_visitor_may_not_have_is_left_out(string conf, bool isShown)
    {
        using SiteUnderTest site = Of(conf + "\n<Files b.gz>\nRequire ip 10\n</Files>\n<Location /d/z/>\nRequire all denied\n</Location>");

        string page = site.Get("/d/").Text;

        Assert.Equal((isShown, isShown, true), (page.Contains("b.gz", StringComparison.Ordinal), page.Contains("z/", StringComparison.Ordinal), page.Contains("a-2.txt", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("HeaderName head.html", "<b>above</b>", true)]
    [InlineData("HeaderName head.txt", "<pre>1 &lt; 2</pre>", true)]
    [InlineData("ReadmeName /d/head.txt", "<pre>1 &lt; 2</pre>", true)]
    [InlineData("HeaderName missing.html", "<h1>Index of /d</h1>", true)]
    [InlineData("HeaderName head.html\n<Files head.html>\nRequire all denied\n</Files>", "<b>above</b>", false)]
    public void A_header_and_a_readme_stand_around_the_list(string conf, string text, bool isShown)
    {
        using SiteUnderTest site = Of(conf);
        site.Folder.With("d/head.html", "<b>above</b>").With("d/head.txt", "1 < 2");

        Assert.Equal(isShown, site.Get("/d/").Text.Contains(text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("IndexOptions None", "<ul>")]
    [InlineData("IndexOptions +SuppressSize +SuppressLastModified", "<td><a href=\"b.gz\">b.gz</a></td></tr>")]
    [InlineData("IndexOptions +SuppressColumnSorting", "<th scope=\"col\" aria-sort=\"ascending\">Name</th>")]
    [InlineData("IndexOptions NameWidth=5\nIndexOptions +FancyIndexing", "<a href=\"a-10.txt\">a-..&gt;</a>")]
    [InlineData("IndexStyleSheet /s.css", "<link rel=\"stylesheet\" href=\"/s.css\">")]
    [InlineData("IndexHeadInsert \"<meta name=x>\"", "<meta name=x>\n</head>")]
    public void Options_shape_the_page(string conf, string expected)
    {
        using SiteUnderTest site = Of(conf);

        Assert.Contains(expected, site.Get("/d/").Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IndexOptions Fancy", "Invalid directory indexing option")]
    [InlineData("IndexOptions +None", "Cannot combine '+' or '-' with 'None' keyword")]
    [InlineData("IndexOptions NameWidth=x", "'x' is not a number")]
    [InlineData("AddIcon (TXT,/x.gif .txt", "missing closing paren")]
    [InlineData("IndexOrderDefault Up Name", "'Up' is not Ascending or Descending")]
    public void What_is_no_option_is_an_error_of_its_line(string conf, string expected) =>
        Assert.Contains(SiteUnderTest.Complaints(conf), message => message.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(972, "972")]
    [InlineData(973, "1.0K")]
    [InlineData(20_000, "20K")]
    [InlineData(2_000_000, "1.9M")]
    [InlineData(1L << 40, "1.0T")]
    public void A_size_has_three_digits_and_a_letter(long size, string expected) => Assert.Equal(expected, ListingPage.Size(size));

    [GeneratedRegex("href=\"([^\"]*)\"")]
    private static partial Regex Links();

    private static SiteUnderTest Of(string conf)
    {
        var site = new SiteUnderTest { Conf = "Options +Indexes\n" + (conf.StartsWith("IndexOptions F", StringComparison.Ordinal) ? "IndexOptions None\n" : "") + conf + "\n" };
        site.Folder.With("d/a-10.txt", new byte[30]).With("d/a-2.txt", new byte[20]).With("d/b.gz", new byte[10]).With("d/z/x", "");
        return site;
    }
}
