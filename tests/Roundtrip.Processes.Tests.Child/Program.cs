using Roundtrip.Processes;
using Roundtrip.Processes.Tests.Child;
using Roundtrip.Processes.Users;

// One verb for each role that a test needs another process for.
return args switch
{
    ["supervisor", string folder] => TestService.RunSupervisor(folder),
    ["server"] => TestServer.Run(),
    ["drop", string identity] => DropUnderChurn.Run(identity),
    ["activation"] => Activation.Run(),
    ["launch-as", .. string[] rest] => LaunchAs.Become(rest),
    ["wait-for-end"] => WaitForEnd(),
    _ => 2,
};

static int WaitForEnd()
{
    Signals.SetDefaults();
    Console.Out.WriteLine("up");
    return Console.In.Read() < 0 ? 0 : 1;
}
