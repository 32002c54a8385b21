using System.Net;
using System.Net.Sockets;

namespace Roundtrip.Tests;

/// <summary>
/// Port numbers for programs that a test starts, where the number must be known first. They are below those that the kernel gives to clients (32768 and up), so that a connection made
/// meanwhile does not take them.
/// </summary>
internal static class FreePorts
{
    private const int First = 12_000;
    private const int Last = 32_000;

    /// <returns>The first of <paramref name="count"/> ports in a row at which nobody listened.</returns>
    public static int InARow(int count)
    {
        while (true)
        {
            int first = Random.Shared.Next(First, Last - count);
            if (Enumerable.Range(first, count).All(IsFree))
            {
                return first;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
