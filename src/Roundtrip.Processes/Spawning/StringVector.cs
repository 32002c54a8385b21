using System.Collections;
using System.Runtime.InteropServices;

namespace Roundtrip.Processes.Spawning;

/// <summary>argv or envp in native memory: UTF-8 strings and a null at the end.</summary>
internal sealed unsafe class StringVector : IDisposable
{
    private readonly byte** _items;
    private readonly int _count;

    /// <exception cref="ArgumentException">A string holds a NUL, which would end it early.</exception>
    public StringVector(IReadOnlyList<string> strings)
    {
        if (strings.Any(item => item.Contains('\0')))
        {
            throw new ArgumentException("an argument or a variable holds a NUL", nameof(strings));
        }

        _count = strings.Count;
        _items = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
        {
            _items[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }
    }

    /// <param name="strings">Each ended by NUL.</param>
    public StringVector(ReadOnlySpan<byte> strings)
    {
        _count = strings.Count((byte)0);
        _items = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
        {
            int length = strings.IndexOf((byte)0) + 1;
            _items[i] = (byte*)Marshal.AllocCoTaskMem(length);
            strings[..length].CopyTo(new Span<byte>(_items[i], length));
            strings = strings[length..];
        }
    }

    public byte** Items => _items;

    /// <summary>This process's environment as NAME=value.</summary>
    public static IReadOnlyList<string> OwnEnvironment()
    {
        var variables = new List<string>();
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            variables.Add($"{variable.Key}={variable.Value}");
        }

        return variables;
    }

    public void Dispose()
    {
        for (int i = 0; i < _count; i++)
        {
            Marshal.FreeCoTaskMem((nint)_items[i]);
        }

        NativeMemory.Free(_items);
    }
}
