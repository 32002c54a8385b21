using System.Text;

namespace Roundtrip.Peers.Tests.ApacheSideBySide;

/// <summary>One request that both servers are sent: a line of <c>requests.txt</c>.</summary>
/// <param name="Group">The table's group.</param>
/// <param name="Host">The host that is asked where the fields name none.</param>
/// <param name="Needs">The modules without which the group has nothing to compare.</param>
/// <param name="Target">The method and the target.</param>
/// <param name="Differences">The names of the differences that are meant.</param>
internal sealed record Case(string Group, string Host, string[] Needs, string Name, string Target, string[] Fields, string[] Differences)
{
    public string Method => Target.Split(' ')[0];

    public static IReadOnlyList<Case> All { get; } = Read(Path.Combine(Ground.TableFolder, "requests.txt"));

    /// <summary>The request as it is sent, to be read as Latin-1.</summary>
    /// <param name="port">The server's, whose own entity tag of the file stands for <c>@TAG@</c>.</param>
    public string Request(string date, int port)
    {
        string target = Target.Replace("@LONG@", string.Concat(Enumerable.Repeat("abcdefgh/", 700)), StringComparison.Ordinal)
            .Replace("@LONGNAME@", new string('n', 300), StringComparison.Ordinal);
        var text = new StringBuilder($"{target} HTTP/1.1\r\n");
        if (!Fields.Any(field => field.StartsWith("Host:", StringComparison.Ordinal)))
        {
            text.Append($"Host: {Host}\r\n");
        }

        string tag = Fields.Any(field => field.Contains("@TAG@", StringComparison.Ordinal))
            ? Answer.To(port, $"HEAD {target[(Method.Length + 1)..]} HTTP/1.1\r\nHost: {Host}\r\nConnection: close\r\n\r\n").Field("ETag")
            : "";
        foreach (string field in Fields)
        {
            text.Append(field.Replace("@DATE@", date, StringComparison.Ordinal).Replace("@TAG@", tag, StringComparison.Ordinal).Replace('&', ';')).Append("\r\n");
        }

        return text.Append("Connection: close\r\n\r\n").ToString();
    }

    private static List<Case> Read(string file)
    {
        var all = new List<Case>();
        string[] group = [];
        foreach (string line in File.ReadLines(file).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] == '[')
            {
                group = line.Trim('[', ']').Split(' ');
                continue;
            }

            string[] columns = [.. line.Split('|', StringSplitOptions.TrimEntries)];
            string[] differences = [.. columns.Where(column => column.StartsWith('~')).Select(column => column[1..].Trim())];
            string[] fields = [.. columns.Skip(2).Where(column => !column.StartsWith('~')).SelectMany(column => column.Split(';', StringSplitOptions.TrimEntries)).Where(field => field.Contains(':'))];
            all.Add(new Case(group[0], group[1], group[2..], columns[0], columns[1], fields, differences));
        }

        return all;
    }
}
