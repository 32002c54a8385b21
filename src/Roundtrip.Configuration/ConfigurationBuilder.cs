using System.Net;
using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Sections;
using Roundtrip.Configuration.Settings;
using Roundtrip.Configuration.Syntax;
using Roundtrip.Configuration.VirtualHosts;

namespace Roundtrip.Configuration;

/// <summary>
/// The second step of a configuration: applies the lines of a tree, one by one, to the settings of the scopes in which they stand. The first, <c>ConfigurationLoader</c>, has made
/// the tree of the files. Every line that cannot be obeyed is an error, and the rest goes on.
/// </summary>
public sealed class ConfigurationBuilder
{
    private readonly DirectiveTable _table;
    private readonly SectionReader _sections;
    private readonly List<ConfigurationError> _errors = [];
    private readonly List<ConfigurationError> _warnings = [];
    private readonly HashSet<string> _saidOnce = [];
    private readonly List<HostScope> _hosts = [];
    private readonly Func<string, IReadOnlyList<IPAddress>> _resolve;
    private readonly string _serverRoot;

    private ConfigurationBuilder(DirectiveTable table, string serverRoot, IConfigurationSource source, Func<string, IReadOnlyList<IPAddress>> resolve)
    {
        (_table, _serverRoot, Source, _resolve) = (table, serverRoot, source, resolve);
        _sections = new SectionReader(this);
    }

    internal IConfigurationSource Source { get; }

    /// <param name="table">The directives of the modules that are loaded.</param>
    /// <param name="source">What directives read the files from that they name: lists of types, of users.</param>
    /// <param name="defaults">The main server's settings before the first line; they become part of it.</param>
    /// <param name="resolve">The addresses of a host's name, for <c>&lt;VirtualHost name&gt;</c>.</param>
    public static BuiltConfiguration Build(
        IReadOnlyList<ConfigurationNode> nodes, DirectiveTable table, string serverRoot, IConfigurationSource source, SettingBag defaults,
        Func<string, IReadOnlyList<IPAddress>> resolve)
    {
        var builder = new ConfigurationBuilder(table, serverRoot, source, resolve);
        var main = new Scope(ScopeKind.Server, null, defaults);
        builder.Apply(main, nodes);
        return new BuiltConfiguration(
            new ServerConfiguration([], main.Settings, new SectionWalk(main.Settings, main.Sections), new SourcePosition("", 0))
            {
                Index = 0,
                HasOwnName = main.Settings.Has(HostNames.ServerName),
                Aliases = main.Settings.Get(HostNames.Aliases),
            },
            [.. builder._hosts.Select((host, index) => host.Complete(main, index + 1))],
            builder._errors,
            builder._warnings);
    }

    internal string FullPath(string name) => name.StartsWith('/') ? name : $"{_serverRoot.TrimEnd('/')}/{name}";

    internal void Warn(SourcePosition position, string message) => _warnings.Add(new ConfigurationError(position, message));

    internal void WarnOnce(SourcePosition position, string message)
    {
        if (_saidOnce.Add(message))
        {
            Warn(position, message);
        }
    }

    internal void Fail(SourcePosition position, string message) => _errors.Add(new ConfigurationError(position, message));

    internal void Apply(Scope scope, IReadOnlyList<ConfigurationNode> nodes)
    {
        foreach (ConfigurationNode node in nodes)
        {
            try
            {
                ApplyOne(scope, node);
            }
            catch (FormatException fault)
            {
                Fail(node.Position, $"{Shown(node)}: {fault.Message}");
            }
        }
    }

    private static string Shown(ConfigurationNode node) => node is SectionNode ? $"<{node.Name}>" : node.Name;

    private void ApplyOne(Scope scope, ConfigurationNode node)
    {
        if (node is SectionNode section && (section.Is("VirtualHost") ? TryReadHost(scope, section) : _sections.TryRead(scope, section)))
        {
            return;
        }

        if (!_table.TryFind(node.Name, out Directive? directive) || directive.IsSection != node is SectionNode)
        {
            Fail(node.Position, _table.WhyUnknown(Shown(node), node.Name));
        }
        else if ((directive.Contexts & scope.Context) == 0)
        {
            Fail(node.Position, $"{Shown(node)} not allowed {Where(scope.Kind)}{Elsewhere(directive)}");
        }
        else
        {
            ApplyOne(scope, node, directive);
        }
    }

    private void ApplyOne(Scope scope, ConfigurationNode node, Directive directive)
    {
        IReadOnlyList<string> words = directive.IsRaw ? [] : Words.Split(node.RawArguments);
        if (!directive.IsRaw && (words.Count < directive.Least || words.Count > directive.Most))
        {
            Fail(node.Position, $"{Shown(node)} takes {directive.Usage}");
            return;
        }

        directive.Apply(new DirectiveCall(this, scope, node, words));
    }

    private bool TryReadHost(Scope scope, SectionNode section)
    {
        if (scope.Kind != ScopeKind.Server)
        {
            throw new FormatException($"not allowed {Where(scope.Kind)}");
        }

        IReadOnlyList<string> words = Words.Split(section.RawArguments);
        if (words.Count == 0)
        {
            throw new FormatException("takes an address, or several: *:80");
        }

        var host = new HostScope(scope, [.. words.SelectMany(word => HostAddress.Parse(word, portAlone: false, _resolve))], section.Position);
        _hosts.Add(host);
        Apply(host, section.Children);
        return true;
    }

    private static string Where(ScopeKind kind) => kind switch
    {
        ScopeKind.Server => "here: it belongs into a section",
        ScopeKind.VirtualHost => "in <VirtualHost> context",
        ScopeKind.Directory => "in <Directory> context",
        ScopeKind.Files => "in <Files> context",
        ScopeKind.Location => "in <Location> context",
        _ => "in <If> context",
    };

    // httpd says where it may not stand, and leaves it to the manual where it may.
    private static string Elsewhere(Directive directive) => directive.Contexts == DirectiveContext.ServerConfig ? ": it is of the whole server, and belongs outside of all sections" : "";

    private sealed class HostScope(Scope main, IReadOnlyList<HostAddress> addresses, SourcePosition position) : Scope(ScopeKind.VirtualHost, main)
    {
        public ServerConfiguration Complete(Scope server, int index)
        {
            SettingBag merged = SettingBag.Merge(server.Settings, Settings);
            return new ServerConfiguration(addresses, merged, new SectionWalk(merged, [.. server.Sections, .. Sections]), position)
            {
                Index = index,
                Own = Settings,
                HasOwnName = Settings.Has(HostNames.ServerName),
                Aliases = Settings.Get(HostNames.Aliases),
            };
        }
    }
}
