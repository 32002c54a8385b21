namespace Roundtrip.Configuration.Loading;

/// <summary>Reads a configuration from a source: the first of the two steps of docs/adr/0007.</summary>
public static class ConfigurationLoader
{
    /// <param name="file">Where to begin; relative to <see cref="LoadOptions.ServerRoot"/>.</param>
    public static LoadedConfiguration Load(IConfigurationSource source, string file, LoadOptions options)
    {
        var load = new Load(source, options);
        load.ReadFirst(file);
        return load.Finish();
    }
}
