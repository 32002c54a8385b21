using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Roundtrip.Http;
using Roundtrip.Server.Logs;

namespace Roundtrip.Server;

/// <summary>
/// The error log of a server or of one of its hosts: makes the lines, of which an <see cref="ErrorLogWriter"/> takes care then. A line that its level leaves out costs a comparison; making one
/// never waits. May be used on any thread, a line about an exchange on its loop.
/// </summary>
public sealed class ErrorLog : IDisposable
{
    private readonly ErrorLogWriter _writer;
    private readonly ErrorLogOptions _options;
    private readonly ErrorLogFormat _format;
    private readonly bool _ownsWriter;

    /// <summary>A log of its own, with lines in httpd's format down to <c>info</c>.</summary>
    /// <param name="destination">Where lines go, as UTF-8; it stays open. A failing write is the end of that line and of nothing else.</param>
    public ErrorLog(Stream destination)
        : this(new ErrorLogWriter(new StreamTarget(destination)), new ErrorLogOptions { Levels = LogLevels.Of(LogLevel.Info) }) => _ownsWriter = true;

    /// <param name="writer">Whose lines may be of several logs; the log does not end it.</param>
    public ErrorLog(ErrorLogWriter writer, ErrorLogOptions options)
    {
        (_writer, _options) = (writer, options);
        _format = options.Format ?? (writer.IsSyslog ? ErrorLogFormat.DefaultForSyslog : ErrorLogFormat.Default);
    }

    /// <summary>Whether a line would be made.</summary>
    public bool Allows(LogLevel level, string module, Exchange? exchange = null) =>
        ((exchange?.Context as IErrorLogContext)?.Levels ?? _options.Levels).Allows(module, level);

    /// <summary>Adds a line.</summary>
    /// <param name="module">Who speaks, such as <c>core</c>, <c>http</c>, <c>files</c>.</param>
    /// <param name="client">The peer's address and port, or null where none is concerned.</param>
    public void Write(LogLevel level, string module, string? client, string message, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (Allows(level, module))
        {
            Make(level, module, client, null, null, message, file, line);
        }
    }

    /// <summary>Adds a line about a connection and perhaps an exchange on it. Called on its loop.</summary>
    public void Write(
        LogLevel level, string module, IConnectionHost connection, Exchange? exchange, string message, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (Allows(level, module, exchange))
        {
            Make(level, module, null, connection, exchange, message, file, line);
        }
    }

    /// <summary>The same with a message that is put together only where the line is made.</summary>
    public void Write(
        LogLevel level,
        string module,
        IConnectionHost connection,
        Exchange? exchange,
        [InterpolatedStringHandlerArgument("", nameof(level), nameof(module), nameof(exchange))] ref ErrorMessage message,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        if (message.IsWanted)
        {
            Make(level, module, null, connection, exchange, message.Take(), file, line);
        }
    }

    /// <summary>Ends a log of its own: writes what is queued.</summary>
    public void Dispose()
    {
        if (_ownsWriter)
        {
            _writer.Dispose();
        }
    }

    private void Make(LogLevel level, string module, string? client, IConnectionHost? connection, Exchange? exchange, string message, string file, int line)
    {
        DateTimeOffset now = DateTimeOffset.Now;
        bool isConnectionNew = connection is { LogId: null };
        if (isConnectionNew)
        {
            connection!.LogId = NewId(now, connection, 0);
        }

        bool isRequestNew = exchange is { LogId: null };
        if (isRequestNew)
        {
            exchange!.LogId = NewId(now, connection!, exchange.IndexOnConnection + 1);
        }

        var what = new ErrorEvent
        {
            Time = now,
            Level = level,
            Module = module,
            Message = message,
            Client = client,
            Connection = connection,
            Exchange = exchange,
            ServerName = _options.ServerName,
            UsesCanonicalName = _options.UsesCanonicalName,
            File = file,
            Line = line,
        };
        if (isConnectionNew)
        {
            Add(_options.OfConnection, what);
        }

        if (isRequestNew)
        {
            Add(_options.OfRequest, what);
        }

        Add(_format, what);
    }

    private void Add(IEnumerable<ErrorLogFormat> formats, in ErrorEvent what)
    {
        foreach (ErrorLogFormat format in formats)
        {
            Add(format, what);
        }
    }

    private void Add(ErrorLogFormat format, in ErrorEvent what)
    {
        string text = format.Write(what);
        if (text.Length > 0)
        {
            _writer.Add(what.Level, text);
        }
    }

    // Eleven letters as httpd's are: of time, process, connection and the request's number on it.
    private static string NewId(DateTimeOffset now, IConnectionHost connection, int index)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        ulong id = (ulong)now.UtcTicks ^ ((ulong)Environment.ProcessId << 40) ^ ((ulong)RuntimeHelpers.GetHashCode(connection) << 24) ^ ((ulong)index << 52);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, id);
        return Convert.ToBase64String(bytes)[..11];
    }
}
