using System.Text;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Access;

public class ModelTests
{
    // A client at 192.0.2.1 with GET: what each leaf says, and null for a container.
    private static readonly (string Line, bool Grants)[] Leaves =
    [
        ("all granted", true), ("all denied", false), ("ip 192.0.2", true), ("ip 10", false), ("method GET", true), ("method POST", false), ("env none", false), ("expr true", true),
    ];

    [Fact]
    public void A_tree_of_rules_decides_as_a_plain_model_does()
    {
        var random = new Random(20240307);
        int granted = 0, denied = 0;
        for (int round = 0; round < 400; round++)
        {
            var text = new StringBuilder();
            string kind = round % 2 == 0 ? "RequireAll" : "RequireAny";
            bool? expected = Container(random, kind, 3, text, isLimited: false, out _);
            using var site = new SiteUnderTest { Conf = $"<Location />\n{text}</Location>\n" };
            site.Folder.With("a", "content");

            int status = site.Get("/a").Status;

            Assert.True((status == 200) == (expected == true), $"{status} by\n{text}");
            (granted, denied) = status == 200 ? (granted + 1, denied) : (granted, denied + 1);
        }

        Assert.True(granted > 50 && denied > 50);
    }

    // The model: a list of results, in which true and false are what they say and null is neutral.
    private static bool? Container(Random random, string kind, int depth, StringBuilder text, bool isLimited, out bool applies)
    {
        text.Append('<').Append(kind).Append(">\n");
        bool isAll = kind == "RequireAll";
        var results = new List<bool?>();
        applies = false;
        int count = random.Next(1, 4);
        for (int i = 0; i < count; i++)
        {
            // The first is never negated: there must be one that is not.
            bool isNegated = i > 0 && isAll && random.Next(2) == 0;
            bool? result;
            bool counts = true;
            if (depth > 0 && random.Next(3) == 0)
            {
                result = Container(random, isNegated ? "RequireNone" : random.Next(2) == 0 ? "RequireAll" : "RequireAny", depth - 1, text, isLimited, out counts);
            }
            else
            {
                (string line, bool grants) = Leaves[random.Next(Leaves.Length)];
                bool isOfPost = !isLimited && random.Next(5) == 0;
                text.Append(isOfPost ? "<Limit POST>\n" : "").Append("Require ").Append(isNegated ? "not " : "").Append(line).Append('\n').Append(isOfPost ? "</Limit>\n" : "");
                result = grants;
                counts = !isOfPost;
            }

            applies |= counts;
            results.Add(!counts ? isAll : isNegated ? (result == true ? false : null) : result);
        }

        text.Append("</").Append(kind).Append(">\n");
        bool? all = results.Contains(false) ? false : results.Contains(true) ? true : null;
        bool? any = results.Contains(true) ? true : results.Contains(false) ? false : null;

        // What no rule of applies to the method is granted as a whole.
        return depth == 3 && !applies ? true : isAll ? all : any;
    }
}
