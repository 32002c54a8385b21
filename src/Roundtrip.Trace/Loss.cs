namespace Roundtrip.Trace;

/// <summary>Tells packets that were lost from answers that were not given.</summary>
public static class Loss
{
    // So unlikely must it be that what is missing was lost as often as behind the hop.
    private const double Doubt = 0.01;

    /// <summary>
    /// Whether a hop withholds answers. What goes through it to the hops behind is lost there as often as there is loss on the way; what it lacks beyond that, it had and did not answer.
    /// </summary>
    /// <param name="hop">Sent and lost at the hop.</param>
    /// <param name="beyond">The same at a hop behind it that has lost the least.</param>
    public static bool IsWithheld((int Sent, int Lost) hop, (int Sent, int Lost) beyond)
    {
        if (hop.Lost == 0 || hop.Lost == hop.Sent || beyond.Sent == 0)
        {
            return false;
        }

        // Laplace's estimate: no loss seen in few probes is not yet no loss.
        double rate = (beyond.Lost + 1.0) / (beyond.Sent + 2.0);
        return AtLeast(hop.Lost, hop.Sent, rate) < Doubt;
    }

    /// <summary>Whether a hop of a trace withholds answers.</summary>
    public static bool IsWithheld(IReadOnlyList<Hop> hops, int index)
    {
        Statistics here = hops[index].StatisticsOf();
        Statistics best = default;
        foreach (Hop beyond in hops.Skip(index + 1).Where(hop => !hop.IsSilent))
        {
            Statistics there = beyond.StatisticsOf();
            best = best.Sent == 0 || there.LossRate < best.LossRate ? there : best;
        }

        return IsWithheld((here.Sent, here.Lost), (best.Sent, best.Lost));
    }

    /// <summary>The part of packets that are really lost on the way to each hop: no hop's loss is more than that of any hop behind it.</summary>
    /// <param name="seen">The part that was not answered, by hop; 1 for silent ones.</param>
    public static double[] OnTheWay(IReadOnlyList<double> seen)
    {
        double[] real = [.. seen];
        for (int i = real.Length - 2; i >= 0; i--)
        {
            real[i] = Math.Min(real[i], real[i + 1]);
        }

        return real;
    }

    // The binomial distribution's upper tail.
    private static double AtLeast(int least, int of, double rate)
    {
        double term = Math.Pow(1 - rate, of), below = 0;
        for (int i = 0; i < least; i++)
        {
            below += term;
            term *= (of - i) / (i + 1.0) * (rate / (1 - rate));
        }

        return 1 - below;
    }
}
