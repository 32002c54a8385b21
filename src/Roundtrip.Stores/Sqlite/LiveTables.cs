using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Roundtrip.Live.Log;
using Roundtrip.Live.Stores;

namespace Roundtrip.Stores.Sqlite;

/// <summary>The tables of live channels in a database file: hubs with their epoch, and their messages. Not thread-safe.</summary>
internal sealed class LiveTables : IDisposable
{
    // "RLIV": so that file(1) and we know the file (SQLite, "Database File Format", section 1.3.17).
    private const int ApplicationId = 0x524C4956;
    private const int Version = 1;

    private const string Schema = """
        CREATE TABLE hub (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch TEXT NOT NULL, next INTEGER NOT NULL) STRICT;
        CREATE TABLE message (hub INTEGER NOT NULL, place INTEGER NOT NULL, at INTEGER NOT NULL, draft BLOB NOT NULL, PRIMARY KEY (hub, place)) STRICT, WITHOUT ROWID;
        """;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _add;
    private readonly SqliteCommand _forget;
    private readonly SqliteCommand _next;

    private LiveTables(SqliteConnection connection)
    {
        _connection = connection;
        _add = Command("INSERT INTO message (hub, place, at, draft) VALUES ($hub, $place, $at, $draft)", "$hub", "$place", "$at", "$draft");
        _forget = Command("DELETE FROM message WHERE hub = $hub AND place < $first", "$hub", "$first");
        _next = Command("UPDATE hub SET next = $next WHERE number = $hub", "$hub", "$next");
    }

    /// <summary>Opens a file, or makes it.</summary>
    /// <param name="fault">Why it cannot be used, in a sentence.</param>
    public static bool TryOpen(string path, [NotNullWhen(true)] out LiveTables? tables, out string fault)
    {
        (tables, fault) = (null, "");
        SqliteConnection? connection = null;
        try
        {
            // Private messages are nobody else's. The files that SQLite makes beside it get the same mode.
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (File.Open(path, options))
            {
            }

            connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString());
            connection.Open();
            fault = Prepare(connection);
            if (fault.Length == 0)
            {
                tables = new LiveTables(connection);
                return true;
            }
        }
        catch (SqliteException broken)
        {
            fault = broken.SqliteErrorCode == SQLitePCL.raw.SQLITE_BUSY ? "another process has it open" : broken.Message;
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            fault = broken.Message;
        }
        catch (Exception broken) when (broken is DllNotFoundException or TypeInitializationException)
        {
            fault = "the library libe_sqlite3.so, which is published with the program, is not beside it";
        }

        connection?.Dispose();
        return false;
    }

    /// <summary>What the file has of a hub; one that it does not know begins a new epoch.</summary>
    /// <exception cref="SqliteException">It cannot be read.</exception>
    public StoredLog Load(string name, HistoryLimit limit)
    {
        using SqliteCommand add = Command("INSERT INTO hub (name, epoch, next) VALUES ($name, $epoch, 0) ON CONFLICT DO NOTHING", "$name", "$epoch");
        Run(add, name, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(6)));
        using SqliteCommand find = Command("SELECT number, epoch, next FROM hub WHERE name = $name", "$name");
        find.Parameters[0].Value = name;
        using SqliteDataReader hub = find.ExecuteReader();
        hub.Read();
        (long number, string epoch, long next) = (hub.GetInt64(0), hub.GetString(1), hub.GetInt64(2));
        using SqliteCommand read = Command("SELECT place, at, draft FROM message WHERE hub = $hub ORDER BY place", "$hub");
        read.Parameters[0].Value = number;
        using SqliteDataReader rows = read.ExecuteReader();
        LiveLog? log = null;
        while (rows.Read())
        {
            long place = rows.GetInt64(0);
            log ??= new LiveLog(epoch, limit, place);
            if (place != log.Next || StoredDraft.TryRead(rows.GetFieldValue<byte[]>(2)) is not { } draft)
            {
                throw new SqliteException($"message {place} of {name} is damaged", SQLitePCL.raw.SQLITE_CORRUPT);
            }

            long at = rows.GetInt64(1);
            log.Add(new LiveMessage(draft, new LivePosition(epoch, place), at), at);
        }

        return log is not null && log.Next != next
            ? throw new SqliteException($"the messages of {name} end at {log.Next}, and not at {next}", SQLitePCL.raw.SQLITE_CORRUPT)
            : new StoredLog(name, number, log ?? new LiveLog(epoch, limit, next));
    }

    /// <summary>Begins a transaction, which <see cref="Commit"/> or <see cref="Undo"/> ends.</summary>
    public void Begin() => Ask(_connection, "BEGIN IMMEDIATE");

    /// <summary>When this returns it is on the disk.</summary>
    public void Commit() => Ask(_connection, "COMMIT");

    /// <summary>Ends a transaction that has failed, if SQLite has not done so itself.</summary>
    public void Undo()
    {
        try
        {
            Ask(_connection, "ROLLBACK");
        }
        catch (SqliteException)
        {
            // There is none.
        }
    }

    public void Add(long hub, LiveMessage message) => Run(_add, hub, message.Offset, message.At, StoredDraft.Write(message.Draft));

    /// <summary>Keeps of a hub what its log still has, and where it goes on.</summary>
    public void Keep(StoredLog stored)
    {
        Run(_forget, stored.Number, stored.Log.First);
        Run(_next, stored.Number, stored.Log.Next);
    }

    public void Dispose()
    {
        _add.Dispose();
        _forget.Dispose();
        _next.Dispose();
        _connection.Dispose();
    }

    private static string Prepare(SqliteConnection connection)
    {
        // With the lock held for good, no process of another's can change what is read here, and WAL needs no shared memory. FULL: a commit waits for the disk.
        if (Ask(connection, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL") is not "wal")
        {
            return "SQLite can keep no write-ahead log there";
        }

        Ask(connection, "PRAGMA synchronous = FULL");
        bool isNew = Ask(connection, "SELECT count(*) FROM sqlite_schema") is 0L;
        if (isNew)
        {
            Ask(connection, $"BEGIN IMMEDIATE; PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}; {Schema} COMMIT");
        }
        else if (Ask(connection, "PRAGMA application_id") is not (long)ApplicationId || Ask(connection, "PRAGMA user_version") is not (long)Version)
        {
            return "it is a database of something else, or of another version of this program";
        }

        return "";
    }

    private static object? Ask(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        using SqliteDataReader reader = command.ExecuteReader();
        object? last = null;
        do
        {
            while (reader.Read())
            {
                last = reader.GetValue(0);
            }
        }
        while (reader.NextResult());

        return last;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // The statements are constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (string parameter in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }

        return command;
    }
}
