using Roundtrip.Interop;

namespace Roundtrip.Transport.Files;

// SymLinksIfOwnerMatch: whether each link on the way to a file belongs to the owner of what it leads to.
public sealed unsafe partial class FileRoot
{
    private const int LinkType = 0xA000;
    private const int TypeMask = 0xF000;

    private bool OwnersMatch(FilePath path)
    {
        // The path up to each slash, and the whole of it: each ended by a NUL in its place.
        Span<byte> part = new byte[path.Terminated.Length];
        path.Terminated.CopyTo(part);
        for (int at = 0; at < part.Length; at++)
        {
            if (part[at] is (byte)'/' or 0)
            {
                byte was = part[at];
                part[at] = 0;
                if (!OwnersMatch(part[..(at + 1)]))
                {
                    return false;
                }

                part[at] = was;
            }
        }

        return true;
    }

    private bool OwnersMatch(ReadOnlySpan<byte> terminated)
    {
        Libc.Statx link, target;
        int folder = (int)_folder.DangerousGetHandle();
        fixed (byte* p = terminated)
        {
            if (Libc.StatX(folder, p, Libc.AtSymlinkNofollow, Libc.StatxOwner, &link) != 0)
            {
                return false;
            }

            return (link.Mode & TypeMask) != LinkType
                || (Libc.StatX(folder, p, 0, Libc.StatxOwner, &target) == 0 && link.User == target.User);
        }
    }
}
