using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using Roundtrip.Profile;

try
{
    switch (args)
    {
        case ["make", var counts, var profile, var folder]:
            return Make(counts, profile, BuiltIn(folder));
        case ["check", var profile, var folder]:
            return Check(profile, BuiltIn(folder));
        default:
            Console.Error.WriteLine("usage: profile make COUNTS PROFILE FOLDER | profile check PROFILE FOLDER, where FOLDER has the assemblies of the program");
            return 2;
    }
}
catch (Exception fault) when (fault is IOException or FormatException or BadImageFormatException or NotSupportedException)
{
    Console.Error.WriteLine($"profile: {fault.Message}");
    return 1;
}

// With the framework's types, which values of ours are of.
static BuiltTypes BuiltIn(string folder) => new([folder, RuntimeEnvironment.GetRuntimeDirectory()]);

// Our own methods alone: of the framework's, those of the compiler's own profile would be had, which made no difference.
static int Make(string counts, string profile, BuiltTypes built)
{
    var module = new ProfileModule(built);
    CountedMethod[] counted = [.. RuntimeCounts.Read(File.ReadLines(counts)).Where(method => method.Name.StartsWith("Roundtrip.", StringComparison.Ordinal) && !method.IsGeneric && method.Runs > 0)];
    int written = counted.Count(module.TryAdd);
    File.WriteAllBytes(profile, module.ToBytes());
    Console.WriteLine($"{written} of {counted.Length} methods");
    return written > 0 ? 0 : 1;
}

// A profile that no longer fits costs speed and nothing else; but nobody says so.
static int Check(string profile, BuiltTypes built)
{
    const int LeastPercent = 80;
    using var file = new PEReader(File.OpenRead(profile));
    MetadataReader metadata = file.GetMetadataReader();
    var members = metadata.MemberReferences.Select(metadata.GetMemberReference).Where(member => member.Parent.Kind == HandleKind.TypeReference).ToArray();
    int there = members.Count(member => TypeName.TryParse(NameOf((TypeReferenceHandle)member.Parent), out TypeName? type) && built.Find(type) is { } found && found.MethodsOf(metadata.GetString(member.Name)).Any());
    Console.WriteLine($"{there} of {members.Length} methods of {profile} are in this build");
    if (there * 100 >= members.Length * LeastPercent)
    {
        return 0;
    }

    Console.Error.WriteLine($"profile: these are less than {LeastPercent} %: eng/profile makes it anew");
    return 1;

    string NameOf(TypeReferenceHandle handle)
    {
        TypeReference type = metadata.GetTypeReference(handle);
        string name = metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference ? $"{NameOf((TypeReferenceHandle)type.ResolutionScope)}+{name}" : type.Namespace.IsNil ? name : $"{metadata.GetString(type.Namespace)}.{name}";
    }
}
