using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Roundtrip.Profile;

/// <summary>
/// A profile as the ahead-of-time compiler reads it (.mibc): a module in whose code, which nobody runs, each method is loaded and what was counted in it follows. The compiler's MIbcProfileParser.cs says
/// what may stand there; it is documented nowhere else.
/// </summary>
internal sealed class ProfileModule
{
    // A count's place, kind, number of values and other word all follow, rather than their difference from the one before.
    private const int AllFollow = 0xF;

    private readonly BuiltTypes _built;
    private readonly MetadataBuilder _metadata = new();
    private readonly MethodBodyStreamEncoder _bodies = new(new BlobBuilder());
    private readonly InstructionEncoder _code = new(new BlobBuilder());
    private readonly References _references;
    private readonly BlobHandle _void;

    public ProfileModule(BuiltTypes built)
    {
        (_built, _references) = (built, new References(_metadata, built));
        _metadata.AddModule(0, _metadata.GetOrAddString("roundtrip.mibc"), default, default, default);
        _metadata.AddAssembly(_metadata.GetOrAddString("roundtrip"), new Version(0, 0, 0, 0), default, default, default, default);
        _metadata.AddTypeDefinition(default, default, _metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        var signature = new BlobBuilder();
        new BlobEncoder(signature).MethodSignature().Parameters(0, result => result.Void(), _ => { });
        _void = _metadata.GetOrAddBlob(signature);
    }

    /// <returns>False for a method that is not there as it was counted.</returns>
    public bool TryAdd(CountedMethod method)
    {
        if (Find(method) is not { } found)
        {
            return false;
        }

        Load(found);
        Say("ExclusiveWeight");
        _code.LoadConstantI4((int)Math.Min(method.Runs, int.MaxValue));
        Say("InstrumentationDataStart");
        foreach (Counted counted in method.All)
        {
            _code.LoadConstantI4(AllFollow);
            _code.LoadConstantI4(counted.IlOffset);
            _code.LoadConstantI4(counted.Kind);
            _code.LoadConstantI4(counted.Values.Count);
            _code.LoadConstantI4(counted.Other);
            foreach ((long number, string? name) in counted.Values)
            {
                Add(counted, number, name);
            }
        }

        Say("InstrumentationDataEnd");

        // The second, since the compiler passes over what follows an entry that it cannot resolve, up to the next.
        _code.OpCode(ILOpCode.Pop);
        _code.OpCode(ILOpCode.Pop);
        return true;
    }

    /// <summary>The file's bytes, the same for the same counts.</summary>
    public byte[] ToBytes()
    {
        MethodDefinitionHandle group = AddMethod("Assemblies_roundtrip_1", _code);
        var dictionary = new InstructionEncoder(new BlobBuilder());
        dictionary.LoadString(_metadata.GetOrAddUserString("roundtrip;"));
        dictionary.OpCode(ILOpCode.Ldtoken);
        dictionary.Token(group);
        dictionary.OpCode(ILOpCode.Pop);
        AddMethod("AssemblyDictionary", dictionary);
        var file = new BlobBuilder();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(_metadata), _bodies.Builder, deterministicIdProvider: _ => new BlobContentId(Guid.Empty, 1)).Serialize(file);
        return file.ToArray();
    }

    private void Add(Counted counted, long number, string? name)
    {
        if (name is not null && (counted.Marshalled == Counted.Types ? TypeOf(name) : MethodOf(name)) is { } handle)
        {
            Load(handle);
        }
        else if (name is not null)
        {
            // One that is not known, told from others as the compiler does: by its number.
            _code.LoadConstantI4(1 + (name.Sum(character => character) % 31));
        }
        else if (number == (int)number)
        {
            _code.LoadConstantI4((int)number);
        }
        else
        {
            _code.LoadConstantI8(number);
        }
    }

    // Where the type's name ends is not said: an explicit implementation has points in its own.
    private EntityHandle? Find(CountedMethod method)
    {
        for (int point = method.Name.IndexOf('.'); point > 0; point = method.Name.IndexOf('.', point + 1))
        {
            if (Only(method.Name[..point], method.Name[(point + 1)..], (type, handle) => type.CodeSize(handle) == method.IlSize) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private EntityHandle? TypeOf(string text) => TypeName.TryParse(text, out TypeName? name) ? _references.Type(name) : null;

    private EntityHandle? MethodOf(string text) =>
        text.Split("|@|") is [var name, var owner] ? Only(owner, name, static (_, _) => true) : null;

    // Overloads that fit alike cannot be told apart, nor what a generic method was made for: the runtime writes name and type.
    private EntityHandle? Only(string owner, string name, Func<BuiltType, MethodDefinitionHandle, bool> fits)
    {
        if (!TypeName.TryParse(owner, out TypeName? parsed) || !parsed.IsSimple || _built.Find(parsed) is not { } type)
        {
            return null;
        }

        MethodDefinitionHandle[] alike = [.. type.MethodsOf(name).Where(handle => fits(type, handle))];
        return alike is [var only] && type.Metadata.GetMethodDefinition(only).GetGenericParameters().Count == 0 ? _references.Method(parsed, type, only) : null;
    }

    private void Load(EntityHandle handle)
    {
        _code.OpCode(ILOpCode.Ldtoken);
        _code.Token(handle);
    }

    private void Say(string word) => _code.LoadString(_metadata.GetOrAddUserString(word));

    private MethodDefinitionHandle AddMethod(string name, InstructionEncoder code) => _metadata.AddMethodDefinition(
        MethodAttributes.Public | MethodAttributes.Static, MethodImplAttributes.IL, _metadata.GetOrAddString(name), _void, _bodies.AddMethodBody(code), MetadataTokens.ParameterHandle(1));
}
