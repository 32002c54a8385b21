namespace Roundtrip.Configuration.Loading;

/// <summary>IfModule knows a module by its identifier (<c>rewrite_module</c>) or by the name of its source file (<c>mod_rewrite.c</c>).</summary>
internal static class ModuleNames
{
    /// <returns>The identifier; null for what is neither.</returns>
    public static string? ToIdentifier(string name) => name switch
    {
        _ when name.EndsWith("_module", StringComparison.Ordinal) => name,
        "core.c" => "core_module",
        "http_core.c" => "http_module",
        "event.c" or "worker.c" or "prefork.c" => $"mpm_{name[..^2]}_module",
        "util_ldap.c" => "ldap_module",
        _ when name.StartsWith("mod_", StringComparison.Ordinal) && name.EndsWith(".c", StringComparison.Ordinal) && name.Length > 6 => $"{name[4..^2]}_module",
        _ => null,
    };
}
