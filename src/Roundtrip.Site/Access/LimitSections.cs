using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Sections;

namespace Roundtrip.Site.Access;

/// <summary>The core's Limit and LimitExcept: rules of access in them count for some methods alone; every other directive in them is as if it stood around them.</summary>
internal static class LimitSections
{
    public static readonly Directive[] All =
    [
        new("Limit", DirectiveContext.Directory, 1, int.MaxValue, "methods", call => Read(call, isExcept: false)) { IsSection = true },
        new("LimitExcept", DirectiveContext.Directory, 1, int.MaxValue, "methods", call => Read(call, isExcept: true)) { IsSection = true },
    ];

    /// <summary>The methods for which a rule of access counts that stands in the scope.</summary>
    public static MethodSet MethodsOf(Scope scope)
    {
        for (Scope? at = scope; at is not null && ReferenceEquals(at.Settings, scope.Settings); at = at.Parent)
        {
            if (at is LimitScope limit)
            {
                return limit.Methods;
            }
        }

        return MethodSet.All;
    }

    /// <summary>Reads the lines of a section that shares the settings of the scope around it. It can have no sections of paths: they would be another scope's.</summary>
    public static void ReadShared(DirectiveCall call, Scope inner)
    {
        call.ApplyChildren(inner);
        if (inner.Sections.Count > 0)
        {
            throw new FormatException($"a section at line {inner.Sections[0].Position.Line} is not allowed within it");
        }
    }

    private static void Read(DirectiveCall call, bool isExcept)
    {
        if (!ReferenceEquals(MethodsOf(call.Scope), MethodSet.All))
        {
            throw new FormatException("cannot occur within <Limit> or <LimitExcept> section");
        }

        if (!isExcept && call.Words.Contains("TRACE"))
        {
            throw new FormatException("TRACE cannot be controlled by <Limit>, see TraceEnable");
        }

        ReadShared(call, new LimitScope(call.Scope, MethodSet.Of(call.Words, isExcept)));
    }

    private sealed class LimitScope : Scope
    {
        public LimitScope(Scope around, MethodSet methods)
            : base(around.Kind, around, around.Settings) => (Methods, Path) = (methods, around.Path);

        public MethodSet Methods { get; }
    }
}
