using Roundtrip.Configuration.Directives;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Variables;

/// <summary>mod_env: variables that are the same for each request.</summary>
internal sealed class EnvModule : IConfigurationModule
{
    public string Name => "env_module";

    public string SourceFile => "mod_env.c";

    public IEnumerable<Directive> Directives =>
    [
        new("SetEnv", Anywhere, 1, 2, "a variable and its value", call => call.Settings.Update(
            VariableSettings.Fixed, all => all.Set(call.Words[0], call.Words.Count > 1 ? call.Words[1] : ""))),
        new("UnsetEnv", Anywhere, 1, int.MaxValue, "variables", call =>
        {
            foreach (string name in call.Words)
            {
                call.Settings.Update(VariableSettings.Fixed, all => all.Unset(name));
            }
        }),
        new("PassEnv", Anywhere, 1, int.MaxValue, "variables of the server's own environment", call =>
        {
            foreach (string name in call.Words)
            {
                if (call.Variable(name) is { } value)
                {
                    call.Settings.Update(VariableSettings.Fixed, all => all.Set(name, value));
                }
                else
                {
                    call.Warn($"PassEnv variable {name} was undefined");
                }
            }
        }),
    ];
}
