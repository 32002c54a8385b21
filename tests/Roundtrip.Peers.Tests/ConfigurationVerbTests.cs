using System.Text.Json;

namespace Roundtrip.Peers.Tests;

/// <summary>configtest, modules and serve -c as a user runs them.</summary>
public class ConfigurationVerbTests
{
    private const string Hosts = """
        ServerName main.example
        LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
        Listen 127.0.0.1:18299
        <VirtualHost *:18299>
        ServerName a.example
        ServerAlias www.a.example *.a.example
        </VirtualHost>
        <VirtualHost *:18299>
        ServerName http://b.example:99
        </VirtualHost>
        <VirtualHost *:81>
        </VirtualHost>
        <VirtualHost 127.0.0.1:82>
        ServerName d.example
        ServerAlias dd.example
        </VirtualHost>
        <VirtualHost *>
        ServerName e.example
        </VirtualHost>
        """;

    [Fact]
    public void A_good_configuration_is_Syntax_OK()
    {
        Finished done = Test("Listen 8080\n");

        Assert.Equal((0, "Syntax OK\n", ""), (done.ExitCode, done.Text, done.Errors));
    }

    [Fact]
    public void Every_error_is_a_line_with_its_place()
    {
        Finished done = Test("Listen x\nDocumentRot /srv\n", out string file);

        Assert.Equal(1, done.ExitCode);
        Assert.Equal([$"{file}:1", $"{file}:2"], done.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..(file.Length + 2)]));
        Assert.Equal("", done.Text);
    }

    [Fact]
    public void The_virtual_hosts_are_printed_as_httpd_prints_them()
    {
        Finished ours = Test(Hosts, out string file, "-S");
        using var folder = new TemporaryFolder();
        folder.Write("a.conf", $"{Hosts}\n");
        Finished theirs = Run.Program("apache2", "-f", $"{folder.Path}/a.conf", "-S");

        // The order of addresses is that of a hash table there.
        Assert.Equal(Lines(theirs.Text, $"{folder.Path}/a.conf"), Lines(ours.Text, file));
    }

    [Theory]
    [InlineData("Mutex file:/tmp OmitPID\nMutex sem watchdog-callback\nPidFile /run/x.pid\nDefine Z\nDefine ONE first\nDefine A 1\nUnDefine A\nDefine GIVEN value\nUser #65534\nGroup daemon")]
    [InlineData("DefaultRuntimeDir /tmp\nServerRoot /run\nPidFile x.pid\nUser nobody\nGroup #0")]
    [InlineData("Mutex posixsem:/tmp default\nPidFile /run/x.pid\nUser www-data\nGroup www-data")]
    public void What_is_run_is_printed_as_httpd_prints_it(string lines)
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.conf", $"ServerName a.example\nServerRoot /etc/apache2\nErrorLog {folder.Path}/error.log\nLoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n{lines}\n");
        Finished ours = Roundtrip("configtest", "-c", $"{folder.Path}/a.conf", "-S", "-D", "GIVEN");
        Finished theirs = Run.Program("apache2", "-f", $"{folder.Path}/a.conf", "-S", "-D", "GIVEN");

        Assert.Equal(Lines(theirs), Lines(ours));

        // The mutexes of httpd's own modules have no counterpart.
        static string[] Lines(Finished done) => [.. done.Text.Split('\n').Where(line => !line.StartsWith("Mutex watchdog-callback", StringComparison.Ordinal))];
    }

    [Fact]
    public void For_programs_it_is_json()
    {
        Finished done = Test(Hosts, out _, "--json");
        using var json = JsonDocument.Parse(done.Output);

        Assert.True(json.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal("a.example", json.RootElement.GetProperty("hosts")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void A_name_of_the_command_line_is_defined() =>
        Assert.Equal(1, Test("<IfDefine HERE>\nNonsense\n</IfDefine>\n", out _, "-D", "HERE").ExitCode);

    [Fact]
    public void Envvars_beside_the_file_is_the_shells_to_evaluate_without_the_callers_environment()
    {
        using var folder = new TemporaryFolder();
        folder.Write("envvars", "if [ -z \"$HOME\" ]; then export WHERE=\"/srv/$(echo here)\"; fi\n");
        folder.Write("a.conf", "DocumentRoot ${WHERE}\n");
        Finished done = Roundtrip("configtest", "-c", $"{folder.Path}/a.conf", "-S");

        Assert.Contains("Main DocumentRoot: \"/srv/here\"", done.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Envvars_that_fails_is_an_error()
    {
        using var folder = new TemporaryFolder();
        folder.Write("envvars", "echo broken >&2\nfalse\n");
        folder.Write("a.conf", "");
        Finished done = Roundtrip("configtest", "-c", $"{folder.Path}/a.conf");

        Assert.Equal((1, $"broken\nroundtrip: {folder.Path}/envvars cannot be evaluated: /bin/sh exit code 1\n"), (done.ExitCode, done.Errors));
    }

    [Fact]
    public void The_modules_are_listed_under_httpds_names()
    {
        Assert.Contains(" core_module (static)\n", Roundtrip("modules").Text, StringComparison.Ordinal);
        Assert.Contains(" alias_module (shared)\n", Roundtrip("modules").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_and_a_configuration_at_once_is_a_wrong_usage() => Assert.Equal(2, Roundtrip("serve", "/srv", "-c", "/a.conf").ExitCode);

    private static string[] Lines(string text, string file) =>
        [.. text.Replace(file, "FILE", StringComparison.Ordinal).Split('\n').Where(line => line.Contains("example", StringComparison.Ordinal) || line.Contains("NameVirtualHost", StringComparison.Ordinal))];

    private static Finished Test(string text, params string[] arguments) => Test(text, out _, arguments);

    private static Finished Test(string text, out string file, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.conf", text);
        file = $"{folder.Path}/a.conf";
        return Roundtrip(["configtest", "-c", file, .. arguments]);
    }

    private static Finished Roundtrip(params string[] arguments) => Run.Program("dotnet", [Repository.BuiltProgram, .. arguments]);
}
