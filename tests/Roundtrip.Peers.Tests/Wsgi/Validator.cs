namespace Roundtrip.Peers.Tests.Wsgi;

/// <summary>wsgiref.validate: it stands between server and application, and what either does against PEP 3333 is an AssertionError, in the log and, before the response began, as a 500.</summary>
internal static class Validator
{
    /// <summary>The text of a script that has the application of another script within the validator.</summary>
    public static string Around(string file) => $"""
        import runpy
        from wsgiref.validate import validator

        application = validator(runpy.run_path('{file}')['application'])
        """;

    public static void AssertSatisfied(RoundtripProcess server) => Assert.DoesNotContain("AssertionError", server.Errors, StringComparison.Ordinal);
}
