namespace Roundtrip.Configuration.Settings;

/// <summary>What a directive sets. A module has one static key for each of its settings; its index is its place in every <see cref="SettingBag"/>.</summary>
public abstract class SettingKey
{
    private static readonly Lock Registration = new();
    private static SettingKey[] _all = [];

    private protected SettingKey()
    {
        lock (Registration)
        {
            Index = _all.Length;
            _all = [.. _all, this];
        }
    }

    internal int Index { get; }

    /// <summary>The key that has the index. Every index in a bag is that of a key which exists.</summary>
    internal static SettingKey At(int index) => Volatile.Read(ref _all)[index];

    internal abstract object Merge(object lower, object upper);
}

/// <summary>A setting of type <typeparamref name="T"/>, which must be immutable: bags share it.</summary>
/// <param name="absent">Its value where no directive sets it: httpd's default.</param>
/// <param name="merge">
/// What comes of a value of an outer or earlier scope (the first) and one of an inner or later scope (the second). Without it the second counts, as for most of httpd's directives.
/// </param>
public sealed class SettingKey<T>(T absent, Func<T, T, T>? merge = null) : SettingKey
    where T : notnull
{
    public T Absent => absent;

    internal override object Merge(object lower, object upper) => merge is null ? upper : merge((T)lower, (T)upper);
}
