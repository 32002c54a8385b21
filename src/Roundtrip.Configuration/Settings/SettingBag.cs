namespace Roundtrip.Configuration.Settings;

/// <summary>The settings of one scope, or of several merged: for a server, a section, a request. It is filled while a configuration is built and not changed afterwards.</summary>
public sealed class SettingBag
{
    public static readonly SettingBag Empty = new();

    private object?[] _values = [];

    /// <summary>The value, or the key's default where nothing sets it.</summary>
    public T Get<T>(SettingKey<T> key)
        where T : notnull => ValueOf(key) is { } value ? (T)value : key.Absent;

    /// <summary>Whether a directive set it, here or in a scope that was merged into this.</summary>
    public bool Has(SettingKey key) => ValueOf(key) is not null;

    public void Set<T>(SettingKey<T> key, T value)
        where T : notnull
    {
        if (key.Index >= _values.Length)
        {
            Array.Resize(ref _values, key.Index + 8);
        }

        _values[key.Index] = value;
    }

    /// <summary>Sets what becomes of the value that is there, or of the key's default.</summary>
    public void Update<T>(SettingKey<T> key, Func<T, T> change)
        where T : notnull => Set(key, change(Get(key)));

    /// <summary>The settings of an inner or later scope over those of an outer or earlier one. Neither is changed; where one says nothing the other itself is given.</summary>
    public static SettingBag Merge(SettingBag lower, SettingBag upper)
    {
        if (upper._values.Length == 0)
        {
            return lower;
        }

        if (lower._values.Length == 0)
        {
            return upper;
        }

        object?[] values = new object?[Math.Max(lower._values.Length, upper._values.Length)];
        for (int i = 0; i < values.Length; i++)
        {
            object? below = i < lower._values.Length ? lower._values[i] : null;
            object? above = i < upper._values.Length ? upper._values[i] : null;
            values[i] = below is null ? above : above is null ? below : SettingKey.At(i).Merge(below, above);
        }

        return new SettingBag { _values = values };
    }

    private object? ValueOf(SettingKey key) => key.Index < _values.Length ? _values[key.Index] : null;
}
