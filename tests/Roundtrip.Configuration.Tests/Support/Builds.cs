using System.Net;
using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Configuration.Tests.Support;

/// <summary>Builds from memory with one module, whose directive <c>Put</c> adds a word to the list of its scope: what a walk gives shows which scopes were merged, and in which order.</summary>
internal static class Builds
{
    public static readonly SettingKey<string> Trace = new("", (lower, upper) => $"{lower} {upper}");

    /// <summary>The last one counts.</summary>
    public static readonly SettingKey<string> Last = new("none");

    public static BuiltConfiguration Text(string text) => From(text, "test_module");

    public static BuiltConfiguration From(string text, params string[] loaded)
    {
        LoadedConfiguration tree = Loads.Text(text);
        Assert.Empty(tree.Errors);
        return ConfigurationBuilder.Build(tree.Nodes, new DirectiveTable([new TestModule()], loaded.Contains), "/srv", new InMemorySource(), new SettingBag(), Resolve);
    }

    public static string[] Errors(BuiltConfiguration built) => [.. built.Errors.Select(error => error.ToString())];

    private static IReadOnlyList<IPAddress> Resolve(string name) => name == "known.test" ? [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2")] : [];

    private sealed class TestModule : IConfigurationModule
    {
        public string Name => "test_module";

        public string SourceFile => "mod_test.c";

        public IEnumerable<Directive> Directives =>
        [
            new("Put", DirectiveContext.Anywhere, 1, 2, "one or two words", call =>
            {
                call.Settings.Set(Trace, call.Settings.Has(Trace) ? $"{call.Settings.Get(Trace)} {call.Words[0]}" : call.Words[0]);
                call.Settings.Set(Last, call.Words[0]);
            }),
            new("ServerOnly", DirectiveContext.ServerConfig, 0, 0, "nothing", static _ => { }),
            new("Raw", DirectiveContext.Anywhere, 0, 0, "a line", call => call.Settings.Set(Last, call.Raw)) { IsRaw = true },
            new("Wrong", DirectiveContext.Anywhere, 0, 0, "nothing", static _ => throw new FormatException("wrong")),
            new("Box", DirectiveContext.Anywhere, 0, 0, "nothing", call => call.ApplyChildren(call.Scope)) { IsRaw = true, IsSection = true },
            new("Once", DirectiveContext.Anywhere, 0, 0, "nothing", call => call.WarnOnce("once")),
            Directive.Of("ServerName", DirectiveContext.AnyServer, "a name", VirtualHosts.HostNames.ServerName, word => word),
            new("ServerAlias", DirectiveContext.VirtualHost, 1, int.MaxValue, "names", call =>
                call.Settings.Update(VirtualHosts.HostNames.Aliases, names => [.. names, .. call.Words])),
        ];
    }
}
