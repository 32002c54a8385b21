namespace Roundtrip.Configuration.Directives;

/// <summary>A module: the directives that it brings, under the names by which httpd's configurations speak of it.</summary>
public interface IConfigurationModule
{
    /// <summary>As LoadModule has it: <c>alias_module</c>.</summary>
    string Name { get; }

    /// <summary>As IfModule may have it: <c>mod_alias.c</c>.</summary>
    string SourceFile { get; }

    /// <summary>Whether it is there without LoadModule, as Debian builds httpd.</summary>
    bool IsAlwaysLoaded => false;

    IEnumerable<Directive> Directives { get; }
}
