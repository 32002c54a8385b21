namespace Roundtrip.Server.Logs;

/// <summary>What a site's own knowledge of a request, its <see cref="Http.Exchange.Context"/>, says to the error log. All may be asked only on the exchange's loop.</summary>
public interface IErrorLogContext
{
    /// <summary>The levels of the request's directory.</summary>
    LogLevels Levels { get; }

    /// <summary>A variable of the request's environment, or null.</summary>
    string? Variable(string name);

    string? Note(string name);
}
