namespace Roundtrip.Fuzz;

/// <summary>Runs a target over the files of a folder.</summary>
internal static class Replay
{
    /// <returns>0 when all passed, 1 when one failed, 2 when there is nothing to replay.</returns>
    public static int Run(FuzzTarget target, string folder)
    {
        if (!Directory.Exists(folder))
        {
            Console.Error.WriteLine($"{folder}: no such folder");
            return 2;
        }

        string[] files = Directory.GetFiles(folder);
        int failed = 0;
        foreach (string file in files)
        {
            try
            {
                target(File.ReadAllBytes(file));
            }
#pragma warning disable CA1031 // Whatever a target throws is a finding, and the other files are still to be run.
            catch (Exception finding)
#pragma warning restore CA1031
            {
                failed++;
                Console.Error.WriteLine($"{file}: {finding}");
            }
        }

        Console.WriteLine($"{files.Length - failed} passed, {failed} failed");
        return files.Length == 0 ? 2 : failed == 0 ? 0 : 1;
    }
}
