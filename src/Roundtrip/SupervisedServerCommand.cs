using Roundtrip.Configuration.Loading;
using Roundtrip.Processes.Control;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Supervision;
using Roundtrip.Site.Wsgi.Processes;
using Roundtrip.Transport;
using Roundtrip.Transport.Files;

namespace Roundtrip.Program;

/// <summary>The server that a supervisor starts: it gives up root's rights first thing, then serves what it is told to until the supervisor says otherwise or is gone.</summary>
internal static class SupervisedServerCommand
{
    /// <summary>The verb, for the supervisor alone.</summary>
    public const string Name = "supervised-server";

    /// <summary>The verb by which a program is started as another user.</summary>
    public const string BecomeName = "become";

    private static readonly TimeSpan Forever = TimeSpan.FromDays(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    public static int Run()
    {
        using var server = SupervisedServer.Enter(Build.Version);
        var starter = new SupervisedStarter(server);
        ServingHost? host = null;
        bool isGraceful = false;
        try
        {
            while (true)
            {
                ControlResult result = server.TryReceive(Forever, out SupervisorOrder? order, out string? error);
                switch (order)
                {
                    case SupervisorOrder.Serve serve:
                        host = Serve(server, starter, host, serve);
                        break;
                    case SupervisorOrder.Stop or SupervisorOrder.GracefulStop:
                        isGraceful = order is SupervisorOrder.GracefulStop;
                        return ExitCode.Done;
                    case not null when starter.Pass(order):
                        break;
                    case null when result == ControlResult.Closed:
                        // The supervisor is gone; so is what it would have told us.
                        return ExitCode.NotSo;
                    case null when error is not null:
                        Console.Error.WriteLine($"roundtrip: {error}");
                        return ExitCode.NotSo;
                }
            }
        }
        finally
        {
            if (host is not null)
            {
                End(server, starter, host, isGraceful);
            }
        }
    }

    // What the supervisor says of programs that end is read meanwhile: the host waits for it.
    private static void End(SupervisedServer server, SupervisedStarter starter, ServingHost host, bool isGraceful)
    {
        var ending = new Thread(() =>
        {
            if (isGraceful)
            {
                host.StopGracefully();
            }

            host.Dispose();
        })
        {
            Name = "stop",
        };
        ending.Start();
        while (!ending.Join(0))
        {
            ControlResult result = server.TryReceive(Moment, out SupervisorOrder? order, out _);
            if (order is SupervisorOrder.Stop)
            {
                host.Hurry();
            }
            else if (order is not null)
            {
                starter.Pass(order);
            }
            else if (result != ControlResult.Nothing)
            {
                starter.Abandon();
                host.Hurry();
                ending.Join();
            }
        }
    }

    private static ServingHost? Serve(SupervisedServer server, SupervisedStarter starter, ServingHost? host, SupervisorOrder.Serve order)
    {
        try
        {
            Served served = Read(order);
            starter.Use(order.Number, served.Configuration);
            if (host is null)
            {
                host = ServingHost.Start(served, WorkerPools.OfSupervisor(starter, Environment.ProcessId));
            }
            else
            {
                host.Apply(served);
            }

            server.Acknowledge(order.Number);
        }
        catch (Exception fault) when (fault is ServeException or TransportException)
        {
            starter.UseFormer();
            server.Refuse(order.Number, fault.Message);
        }
        finally
        {
            // What is used of them was duplicated.
            foreach (NamedDescriptor named in order.Descriptors)
            {
                named.Descriptor.Dispose();
            }
        }

        return host;
    }

    private static Served Read(SupervisorOrder.Serve order)
    {
        var payload = ServedPayload.Read(order.Payload);
        IConfigurationSource source = ReplayedSource.FromBytes(payload.Recording)
            ?? throw new ServeException("the supervisor's recording of the configuration cannot be read", ExitCode.NotSo);
        Dictionary<string, OwnedDescriptor> descriptors = order.Descriptors.ToDictionary(named => named.Name, named => named.Descriptor);
        return new Served(payload.File.Load(source))
        {
            Source = source,
            Endpoints = Served.OfListen,
            FindLog = target => descriptors.TryGetValue(ServedPayload.LogName(target), out OwnedDescriptor? log) ? AppendFile.Of(OwnedDescriptor.DuplicateOf(log).Release()) : null,
            Sockets = address => [.. Enumerable.Range(0, Environment.ProcessorCount).Select(i => descriptors[ServedPayload.ListenerName(address, i)])],
        };
    }
}
