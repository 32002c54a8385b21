namespace Roundtrip.Trace.Paths;

/// <summary>
/// How many flows must have been seen before their routers may be taken for all: n(k) of the Multipath Detection Algorithm (Veitch et al., "Failure Control in Multipath Route Tracing",
/// INFOCOM 2009). Whoever stops with k found after n(k) flows misses one of k + 1 equally likely routers no more often than the bound says, counting that he may have stopped earlier still.
/// </summary>
/// <param name="failureBound">More than 0, at most 0.5.</param>
internal sealed class StoppingPoints(double failureBound)
{
    private readonly List<int> _points = [];

    /// <param name="found">Routers found, 1 or more.</param>
    public int this[int found]
    {
        get
        {
            while (_points.Count < found)
            {
                _points.Add(Next());
            }

            return _points[found - 1];
        }
    }

    private int Next()
    {
        int ways = _points.Count + 2;
        int least = _points.Count == 0 ? 0 : _points[^1];
        double stopped = 0;

        // How likely it is that so many have been seen and the end has not been called.
        double[] seen = new double[ways + 1];
        seen[1] = 1;
        for (int flows = 1; ; flows++)
        {
            if (flows > least && stopped + seen[ways - 1] <= failureBound)
            {
                return flows;
            }

            for (int found = 1; found < ways - 1; found++)
            {
                if (flows == _points[found - 1])
                {
                    stopped += seen[found];
                    seen[found] = 0;
                }
            }

            for (int found = ways; found > 0; found--)
            {
                seen[found] = (seen[found] * found + seen[found - 1] * (ways - found + 1)) / ways;
            }
        }
    }
}
