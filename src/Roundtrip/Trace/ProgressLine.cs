namespace Roundtrip.Program;

/// <summary>A line on standard error, where that is a terminal, that says how far a long search is and is gone when there is something to read.</summary>
internal sealed class ProgressLine
{
    private bool _isShown;

    public void Show(string text)
    {
        if (!Console.IsErrorRedirected)
        {
            _isShown = true;
            Console.Error.Write($"\r{text}\e[K");
        }
    }

    public void Clear()
    {
        Console.Error.Write(_isShown ? "\r\e[K" : "");
        _isShown = false;
    }
}
