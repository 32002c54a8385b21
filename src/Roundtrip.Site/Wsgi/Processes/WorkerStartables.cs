using Roundtrip.Configuration;
using Roundtrip.Processes.Supervision;
using Roundtrip.Processes.Users;

namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>The supervisor's side: what a server may ask for, in the order that <see cref="SupervisedStarter"/> has too.</summary>
public static class WorkerStartables
{
    /// <summary>The programs of a configuration's groups of processes.</summary>
    /// <param name="server">As whom the server runs, and the processes of groups that name no user.</param>
    /// <param name="error">Which group cannot be, and why.</param>
    /// <exception cref="Roundtrip.Processes.ProcessException">There is no memory or descriptor left.</exception>
    public static bool TryMake(BuiltConfiguration configuration, Identity? server, out IReadOnlyList<Startable> startables, out string? error)
    {
        var made = new List<Startable>();
        (startables, error) = (made, null);
        foreach (WorkerGroupDefinition definition in WorkerGroups.Of(configuration).Distinct())
        {
            if (!TryFindIdentity(definition, server, out Identity? identity, out string? fault))
            {
                error = $"WSGIDaemonProcess {definition.Name}: {fault}";
                return false;
            }

            // One that nobody asks for may lack its interpreter: the implicit group is in every configuration.
            string name = definition.Name.Length > 0 ? $"process group {definition.Name}" : "the implicit process group";
            made.Add(new Startable(name, WorkerProgram.StartOf(definition))
            {
                Identity = identity,
                SocketNumber = WorkerProgram.ControlNumber,
                OutputNumbers = WorkerProgram.OutputNumbers,

                // One more while one is replaced, by WorkerGroup's word; and those of a server that is being replaced itself are not counted.
                MaximumRunning = definition.Processes + 1,
            });
        }

        return true;
    }

    private static bool TryFindIdentity(WorkerGroupDefinition definition, Identity? server, out Identity? identity, out string? error)
    {
        (identity, error) = (server, null);
        if (definition.User.Length == 0 && definition.Group.Length == 0)
        {
            return true;
        }

        string user = definition.User.Length > 0 ? definition.User : $"#{server?.UserId}";
        if (!UserDatabase.TryFind(user, definition.Group.Length > 0 ? definition.Group : null, out identity, out error))
        {
            return false;
        }

        if (identity!.UserId == 0)
        {
            error = "user=root is not possible: applications run without root's rights";
        }
        else if (identity.GroupId == 0 || identity.Groups.Contains(0u))
        {
            error = "group=root is not possible, nor a user of that group: applications run without root's rights";
        }

        return error is null;
    }
}
