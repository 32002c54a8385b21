namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>An application: a script's file and the name in it that is called.</summary>
public readonly record struct ScriptCallable(string File, string Callable);
