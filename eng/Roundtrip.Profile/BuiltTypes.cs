using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Roundtrip.Profile;

/// <summary>A type of an assembly that is there.</summary>
internal sealed record BuiltType(string Assembly, MetadataReader Metadata, PEReader File, TypeDefinitionHandle Handle)
{
    public TypeDefinition Definition => Metadata.GetTypeDefinition(Handle);

    public bool IsValueType => Metadata.GetString(BaseName) is "ValueType" or "Enum";

    public IEnumerable<MethodDefinitionHandle> MethodsOf(string name) => Definition.GetMethods().Where(method => Metadata.GetString(Metadata.GetMethodDefinition(method).Name) == name);

    // A generic base is none of the two that matter.
    private StringHandle BaseName => Definition.BaseType switch
    {
        { Kind: HandleKind.TypeReference } other => Metadata.GetTypeReference((TypeReferenceHandle)other).Name,
        { Kind: HandleKind.TypeDefinition, IsNil: false } own => Metadata.GetTypeDefinition((TypeDefinitionHandle)own).Name,
        _ => default,
    };

    /// <summary>The bytes of a method's code; 0 for one without.</summary>
    public int CodeSize(MethodDefinitionHandle method) =>
        Metadata.GetMethodDefinition(method).RelativeVirtualAddress is var at && at == 0 ? 0 : File.GetMethodBody(at).GetILReader().Length;
}

/// <summary>The types of the assemblies in some folders, by name. The first assembly of a name counts.</summary>
internal sealed class BuiltTypes
{
    private readonly Dictionary<string, BuiltType> _types = [];

    public BuiltTypes(IEnumerable<string> folders)
    {
        var assemblies = new HashSet<string>();
        foreach (string file in folders.SelectMany(folder => Directory.GetFiles(folder, "*.dll")))
        {
            var opened = new PEReader(File.OpenRead(file));
            if (!opened.HasMetadata || opened.GetMetadataReader() is not { IsAssembly: true } metadata)
            {
                continue;
            }

            string assembly = metadata.GetString(metadata.GetAssemblyDefinition().Name);
            if (assemblies.Add(assembly))
            {
                Add(assembly, metadata, opened);
            }
        }
    }

    public BuiltType? Find(TypeName name) => _types.GetValueOrDefault(name.AssemblyName is { } assembly ? Key(assembly.Name, name.FullName) : name.FullName);

    private void Add(string assembly, MetadataReader metadata, PEReader file)
    {
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            string name = NameOf(metadata, handle);
            var type = new BuiltType(assembly, metadata, file, handle);
            _types[Key(assembly, name)] = type;

            // The runtime names the assembly of a value, and not that of the method which it is counted in.
            _types.TryAdd(name, type);
        }
    }

    private static string Key(string assembly, string type) => $"{type}, {assembly}";

    private static string NameOf(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        string name = metadata.GetString(type.Name);
        return type.IsNested ? $"{NameOf(metadata, type.GetDeclaringType())}+{name}" : type.Namespace.IsNil ? name : $"{metadata.GetString(type.Namespace)}.{name}";
    }
}
