using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Configuration.Loading;

/// <summary>The lines of a file, with the contents of the macros that it uses put between them: mod_macro does it so, and a section may begin in a macro and end outside.</summary>
internal sealed class LineStack(ILineSource file)
{
    private readonly Stack<(ILineSource Lines, Action Ended)> _macros = new();

    /// <summary>Puts lines before the next one.</summary>
    /// <param name="ended">Called when they are used up.</param>
    public void Push(ILineSource lines, Action ended) => _macros.Push((lines, ended));

    public bool TryNext(out LogicalLine line)
    {
        while (_macros.TryPeek(out (ILineSource Lines, Action Ended) top))
        {
            if (top.Lines.TryNext(out line))
            {
                return true;
            }

            _macros.Pop();
            top.Ended();
        }

        return file.TryNext(out line);
    }

    /// <summary>Leaves all macros, when the rest is not read.</summary>
    public void Clear()
    {
        while (_macros.TryPop(out (ILineSource Lines, Action Ended) top))
        {
            top.Ended();
        }
    }
}
