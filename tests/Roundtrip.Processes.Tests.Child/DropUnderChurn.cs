using Roundtrip.Processes.Users;

namespace Roundtrip.Processes.Tests.Child;

/// <summary>Gives up its rights while threads come and go, and says how many kept some.</summary>
internal static class DropUnderChurn
{
    public static int Run(string text)
    {
        if (!Identity.TryParse(text, out Identity? identity))
        {
            return 2;
        }

        bool isOver = false;
        var resting = new ManualResetEventSlim();
        var churning = new CountdownEvent(4);
        for (int i = 0; i < 20; i++)
        {
            new Thread(resting.Wait) { IsBackground = true }.Start();
        }

        for (int i = 0; i < 4; i++)
        {
            new Thread(() =>
            {
                for (int turn = 0; !Volatile.Read(ref isOver); turn++)
                {
                    var brief = new Thread(() => { });
                    brief.Start();
                    brief.Join();
                    if (turn == 0)
                    {
                        churning.Signal();
                    }
                }
            })
            { IsBackground = true }.Start();
        }

        churning.Wait();
        try
        {
            Privileges.Drop(identity!);
        }
        catch (ProcessException fault)
        {
            Console.Out.WriteLine($"failed: {fault.Message}");
            return 1;
        }

        IReadOnlyList<ThreadRights> threads = Privileges.Describe();
        Volatile.Write(ref isOver, true);
        resting.Set();
        Console.Out.WriteLine($"threads {threads.Count >= 24} kept {threads.Count(thread => !thread.Is(identity!))}");
        return 0;
    }
}
