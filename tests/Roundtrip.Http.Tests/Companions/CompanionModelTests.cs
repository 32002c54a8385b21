using System.Text;
using CsCheck;
using Roundtrip.Core;
using Roundtrip.Http.Companions;

namespace Roundtrip.Http.Tests.Companions;

/// <summary>What is learnt from first visits, what is unlearnt, and that nobody makes it keep more than it may.</summary>
public class CompanionModelTests
{
    private readonly CompanionModel _model = new();
    private long _now;
    private int _clients;

    [Fact]
    public void What_three_clients_fetched_is_told_the_fourth()
    {
        Assert.Equal("", Visit("/", "/a.css"));
        Assert.Equal("", Visit("/", "/a.css", "/b.js"));
        Assert.Equal("", Visit("/", "/a.css", "/b.js"));
        Assert.Equal("/a.css", Visit("/"));
    }

    [Fact]
    public void It_is_told_as_it_was_fetched()
    {
        for (int i = 0; i < CompanionModel.LeastVoices; i++)
        {
            PeerAddress client = Client();
            _model.Visit("/"u8, client, _now);
            _model.Fetched("/"u8, client, "/f.woff2"u8, CompanionKind.Font, isCors: true, _now);
            _model.Fetched("/"u8, client, "/a.css"u8, CompanionKind.Style, isCors: false, _now);
            Pass();
        }

        Assert.Equal(
            ["</f.woff2>; rel=preload; as=font; crossorigin", "</a.css>; rel=preload; as=style"], _model.Visit("/"u8, Client(), _now).Select(companion => companion.Link));
    }

    [Fact]
    public void What_a_style_sheet_of_the_page_asks_for_is_the_page_s_too()
    {
        for (int i = 0; i < CompanionModel.LeastVoices; i++)
        {
            PeerAddress client = Client();
            _model.Visit("/"u8, client, _now);
            _model.Fetched("/a.css"u8, client, "/early.woff2"u8, CompanionKind.Font, isCors: true, _now);
            _model.Fetched("/"u8, client, "/a.css"u8, CompanionKind.Style, isCors: false, _now);
            _model.Fetched("/a.css"u8, client, "/f.woff2"u8, CompanionKind.Font, isCors: true, _now);
            Pass();
        }

        Assert.Equal("/a.css /f.woff2", Visit("/"));
    }

    [Fact]
    public void One_client_alone_teaches_nothing_however_often_it_comes()
    {
        PeerAddress client = Client();
        for (int day = 0; day < 30; day++)
        {
            Assert.Equal("", VisitAs(client, "/", "/evil.js"));
            Pass(CompanionModel.ClientRests);
        }
    }

    [Fact]
    public void A_visit_in_the_same_day_says_nothing_since_a_cache_may_answer_for_it()
    {
        PeerAddress[] clients = [Client(), Client(), Client()];
        Array.ForEach(clients, client => VisitAs(client, "/", "/a.css"));
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal("/a.css", VisitAs(clients[i % 3], "/"));
        }
    }

    [Fact]
    public void What_is_fetched_in_a_visit_that_had_hints_confirms_nothing()
    {
        Learn("/", "/a.css");

        // Whoever is told of it fetches it, though the page has it no more.
        int told = 0;
        for (int visit = 0; visit < 100; visit++)
        {
            PeerAddress client = Client();
            foreach (Companion hint in _model.Visit("/"u8, client, _now))
            {
                told++;
                _model.Fetched("/"u8, client, hint.Path, hint.Kind, hint.IsCors, _now);
            }

            Pass();
        }

        Assert.InRange(told, 1, CompanionModel.WrongVisits - 1);
        Assert.Equal("", Visit("/"));
    }

    [Fact]
    public void A_wrong_companion_is_hinted_no_more_after_the_stated_number_of_first_visits_whatever_was_before() => Gen.Bool.Array[0, 60].Sample(before =>
    {
        var page = new CompanionModelTests();
        foreach (bool fetches in before)
        {
            page.Visit("/", fetches ? ["/right.js", "/wrong.css"] : ["/right.js"]);
        }

        for (int visit = 0; visit < CompanionModel.WrongVisits; visit++)
        {
            page.Visit("/", "/right.js");
        }

        Assert.DoesNotContain("/wrong.css", page.Visit("/", "/right.js"), StringComparison.Ordinal);
    });

    [Fact]
    public void What_all_fetch_stays_told_to_three_in_four()
    {
        Learn("/", "/a.css");
        string[] told = [.. Enumerable.Range(0, 80).Select(_ => Visit("/", "/a.css"))];

        Assert.Equal(60, told.Count(hints => hints == "/a.css"));
    }

    [Fact]
    public void What_one_in_two_fetches_is_not_told()
    {
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal("", Visit("/", i % 2 == 0 ? ["/a.css"] : []));
        }
    }

    [Fact]
    public void A_fetch_that_comes_late_for_another_page_or_without_a_visit_is_none_of_the_page_s()
    {
        for (int i = 0; i < 10; i++)
        {
            PeerAddress client = Client();
            Assert.Empty(_model.Visit("/"u8, client, _now));
            _model.Fetched("/other"u8, client, "/a.css"u8, CompanionKind.Style, false, _now);
            _model.Fetched("/"u8, Client(), "/b.css"u8, CompanionKind.Style, false, _now);
            _model.Fetched("/"u8, client, "/c.css"u8, CompanionKind.Style, false, _now + CompanionModel.VisitLasts);
            Pass();
        }
    }

    [Fact]
    public void A_visit_whose_page_failed_says_nothing()
    {
        Learn("/", "/a.css");
        for (int i = 0; i < 100; i++)
        {
            PeerAddress client = Client();
            _model.Visit("/"u8, client, _now);
            _model.Failed("/"u8, client);
            Pass();
        }

        Assert.Contains("/a.css", string.Join(' ', Visit("/"), Visit("/")), StringComparison.Ordinal);
    }

    [Fact]
    public void Voices_are_heard_for_a_week()
    {
        Learn("/", "/a.css");
        Pass(CompanionModel.VoiceLasts - (CompanionModel.VisitLasts * CompanionModel.Voices));
        Assert.Equal("/a.css", Visit("/"));
        Pass(CompanionModel.VisitLasts * CompanionModel.Voices);
        Assert.Equal("", Visit("/"));
    }

    [Fact]
    public void Junk_of_one_client_keeps_nobody_s_companions_out()
    {
        Visit("/", [.. Enumerable.Range(0, 100).Select(i => $"/junk{i}")]);
        for (int i = 0; i < CompanionModel.LeastVoices; i++)
        {
            Visit("/", "/a.css");
        }

        Assert.Equal("/a.css", Visit("/"));
    }

    [Fact]
    public void Whoever_asks_for_whatever_it_keeps_no_more_than_it_may() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 9_000], Gen.Int[0, 600], Gen.Int[0, 40], Gen.Int[0, 200]).Array[5_000].Sample(
            events =>
            {
                var model = new CompanionModel();
                long now = 0;
                foreach ((int kind, int client, int page, int path, int passes) in events)
                {
                    now += passes;
                    byte[] name = Encoding.ASCII.GetBytes($"/{page}");
                    PeerAddress address = PeerAddress.FromIPv4((uint)client, 0);
                    if (kind == 0)
                    {
                        model.Failed(name, address);
                    }
                    else if (kind == 1)
                    {
                        model.Visit(name, address, now);
                    }
                    else
                    {
                        model.Visit(name, address, now);
                        model.Fetched(name, address, Encoding.ASCII.GetBytes($"/c{path}"), CompanionKind.Image, false, now);
                    }

                    Assert.InRange(model.PageCount, 0, CompanionModel.MaximumPages);
                    Assert.InRange(model.PendingCount, 0, CompanionModel.MaximumPending);
                    Assert.InRange(model.ClientCount, 0, CompanionModel.MaximumClients);
                }
            },
            iter: 20);

    [Fact]
    public void Thousands_of_clients_are_forgotten_in_their_order_and_long_paths_are_not_learnt()
    {
        byte[] longPath = Encoding.ASCII.GetBytes("/" + new string('a', CompanionModel.LongestPath));
        for (int i = 0; i < 3 * CompanionModel.MaximumClients; i++)
        {
            PeerAddress client = Client();
            _model.Visit(i % 2 == 0 ? longPath : "/"u8, client, _now);
            _model.Fetched(i % 2 == 0 ? longPath : "/"u8, client, longPath, CompanionKind.Style, false, _now);
            _now += 1_000;
        }

        Assert.Equal(CompanionModel.MaximumClients, _model.ClientCount);
        Assert.Equal(0, _model.PageCount);
    }

    // A first visit of another client, whole; what it was told.
    private string Visit(string page, params string[] fetches) => VisitAs(Client(), page, fetches);

    private string VisitAs(PeerAddress client, string page, params string[] fetches)
    {
        byte[] path = Encoding.ASCII.GetBytes(page);
        string hints = string.Join(' ', _model.Visit(path, client, _now).Select(hint => Encoding.ASCII.GetString(hint.Path)));
        foreach (string fetch in fetches)
        {
            _model.Fetched(path, client, Encoding.ASCII.GetBytes(fetch), CompanionKind.Style, false, _now);
        }

        Pass();
        return hints;
    }

    private void Learn(string page, params string[] fetches)
    {
        for (int i = 0; i < CompanionModel.Voices; i++)
        {
            Visit(page, fetches);
        }
    }

    private void Pass(long milliseconds = CompanionModel.VisitLasts)
    {
        _now += milliseconds;
        _model.EndVisits(_now);
    }

    private PeerAddress Client() => PeerAddress.FromIPv4(0x0A000000 + (uint)_clients++, 0);
}
