using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Roundtrip.Profile;

/// <summary>What a module says of types and methods of others: ECMA-335, II.22.25 (member references), II.22.38 (type references), II.23.2 (signatures).</summary>
internal sealed class References(MetadataBuilder metadata, BuiltTypes built)
{
    private readonly Dictionary<string, AssemblyReferenceHandle> _assemblies = [];
    private readonly Dictionary<(EntityHandle Scope, string Namespace, string Name), TypeReferenceHandle> _types = [];

    /// <summary>A type; null for one that is not there, or whose shape the runtime alone knows.</summary>
    public EntityHandle? Type(TypeName name)
    {
        if (name.IsSimple)
        {
            return Plain(name)?.Reference;
        }

        var signature = new BlobBuilder();
        return TryWrite(signature, name) ? metadata.AddTypeSpecification(metadata.GetOrAddBlob(signature)) : null;
    }

    /// <summary>A method of a type that is there.</summary>
    public EntityHandle? Method(TypeName owner, BuiltType type, MethodDefinitionHandle handle)
    {
        if (Type(owner) is not { } parent)
        {
            return null;
        }

        MethodDefinition method = type.Metadata.GetMethodDefinition(handle);
        var signature = new BlobBuilder();
        BlobReader reader = type.Metadata.GetBlobReader(method.Signature);
        CopyMethod(ref reader, signature, type);
        return metadata.AddMemberReference(parent, metadata.GetOrAddString(type.Metadata.GetString(method.Name)), metadata.GetOrAddBlob(signature));
    }

    private (TypeReferenceHandle Reference, bool IsValueType)? Plain(TypeName name)
    {
        // What stands for every reference type in shared code has an assembly of its own in profiles.
        if (name.FullName == "System.__Canon")
        {
            return (Reference(Assembly("System.Private.Canon"), "System", "__Canon"), false);
        }

        return built.Find(name) is { } type ? (Reference(type), type.IsValueType) : null;
    }

    private bool TryWrite(BlobBuilder signature, TypeName name)
    {
        if (name.IsSZArray || name.IsPointer)
        {
            signature.WriteByte((byte)(name.IsPointer ? SignatureTypeCode.Pointer : SignatureTypeCode.SZArray));
            return TryWrite(signature, name.GetElementType());
        }

        TypeName definition = name.IsConstructedGenericType ? name.GetGenericTypeDefinition() : name;
        if (!definition.IsSimple || Plain(definition) is not { } plain)
        {
            return false;
        }

        if (name.IsConstructedGenericType)
        {
            signature.WriteByte((byte)SignatureTypeCode.GenericTypeInstance);
        }

        signature.WriteByte((byte)(plain.IsValueType ? SignatureTypeKind.ValueType : SignatureTypeKind.Class));
        signature.WriteCompressedInteger(CodedIndex.TypeDefOrRefOrSpec(plain.Reference));
        if (name.IsConstructedGenericType)
        {
            signature.WriteCompressedInteger(name.GetGenericArguments().Length);
        }

        return !name.IsConstructedGenericType || name.GetGenericArguments().All(argument => TryWrite(signature, argument));
    }

    private AssemblyReferenceHandle Assembly(string name)
    {
        if (!_assemblies.TryGetValue(name, out AssemblyReferenceHandle handle))
        {
            _assemblies.Add(name, handle = metadata.AddAssemblyReference(metadata.GetOrAddString(name), new Version(0, 0, 0, 0), default, default, default, default));
        }

        return handle;
    }

    private TypeReferenceHandle Reference(EntityHandle scope, string space, string name)
    {
        if (!_types.TryGetValue((scope, space, name), out TypeReferenceHandle handle))
        {
            handle = metadata.AddTypeReference(scope, space.Length == 0 ? default : metadata.GetOrAddString(space), metadata.GetOrAddString(name));
            _types.Add((scope, space, name), handle);
        }

        return handle;
    }

    private TypeReferenceHandle Reference(BuiltType type)
    {
        TypeDefinition definition = type.Definition;
        EntityHandle scope = definition.IsNested ? Reference(type with { Handle = definition.GetDeclaringType() }) : Assembly(type.Assembly);
        return Reference(scope, type.Metadata.GetString(definition.Namespace), type.Metadata.GetString(definition.Name));
    }

    private TypeReferenceHandle Reference(MetadataReader from, TypeReferenceHandle handle)
    {
        TypeReference reference = from.GetTypeReference(handle);
        EntityHandle scope = reference.ResolutionScope.Kind == HandleKind.TypeReference
            ? Reference(from, (TypeReferenceHandle)reference.ResolutionScope)
            : Assembly(from.GetString(from.GetAssemblyReference((AssemblyReferenceHandle)reference.ResolutionScope).Name));
        return Reference(scope, from.GetString(reference.Namespace), from.GetString(reference.Name));
    }

    // II.23.2.1, with the tokens of another module in place of its own.
    private void CopyMethod(ref BlobReader reader, BlobBuilder signature, BuiltType type)
    {
        const byte Generic = 0x10;
        byte header = reader.ReadByte();
        signature.WriteByte(header);
        if ((header & Generic) != 0)
        {
            CopyNumber(ref reader, signature);
        }

        // The result and the parameters.
        for (int left = CopyNumber(ref reader, signature) + 1; left > 0; left--)
        {
            CopyType(ref reader, signature, type);
        }
    }

    // II.23.2.12.
    private void CopyType(ref BlobReader reader, BlobBuilder signature, BuiltType type)
    {
        const byte ValueType = (byte)SignatureTypeKind.ValueType, Class = (byte)SignatureTypeKind.Class;
        byte code = reader.ReadByte();
        signature.WriteByte(code);
        switch ((SignatureTypeCode)code)
        {
            case (SignatureTypeCode)ValueType or (SignatureTypeCode)Class:
                CopyToken(ref reader, signature, type);
                break;
            case SignatureTypeCode.RequiredModifier or SignatureTypeCode.OptionalModifier:
                CopyToken(ref reader, signature, type);
                CopyType(ref reader, signature, type);
                break;
            case SignatureTypeCode.Pointer or SignatureTypeCode.ByReference or SignatureTypeCode.SZArray or SignatureTypeCode.Sentinel or SignatureTypeCode.Pinned:
                CopyType(ref reader, signature, type);
                break;
            case SignatureTypeCode.GenericTypeParameter or SignatureTypeCode.GenericMethodParameter:
                CopyNumber(ref reader, signature);
                break;
            case SignatureTypeCode.GenericTypeInstance:
                CopyType(ref reader, signature, type);
                for (int left = CopyNumber(ref reader, signature); left > 0; left--)
                {
                    CopyType(ref reader, signature, type);
                }

                break;
            case SignatureTypeCode.FunctionPointer:
                CopyMethod(ref reader, signature, type);
                break;
            case SignatureTypeCode.Array:
                throw new NotSupportedException("an array of several dimensions in a signature");
            default:
                break;
        }
    }

    private void CopyToken(ref BlobReader reader, BlobBuilder signature, BuiltType type)
    {
        EntityHandle handle = reader.ReadTypeHandle();
        TypeReferenceHandle copy = handle.Kind switch
        {
            HandleKind.TypeDefinition => Reference(type with { Handle = (TypeDefinitionHandle)handle }),
            HandleKind.TypeReference => Reference(type.Metadata, (TypeReferenceHandle)handle),
            _ => throw new NotSupportedException("a signature that names a type by another signature"),
        };
        signature.WriteCompressedInteger(CodedIndex.TypeDefOrRefOrSpec(copy));
    }

    private static int CopyNumber(ref BlobReader reader, BlobBuilder signature)
    {
        int number = reader.ReadCompressedInteger();
        signature.WriteCompressedInteger(number);
        return number;
    }
}
