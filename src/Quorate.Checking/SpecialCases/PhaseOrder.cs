namespace Quorate.Checking.SpecialCases;

/// <summary>
/// Operations whose order is known up to phases, the ones of a phase in any order. There is a linearization exactly when no operation of a
/// later phase was completed before one of an earlier phase was invoked.
/// </summary>
internal static class PhaseOrder
{
    /// <summary>Two operations that real time puts the other way round, or null.</summary>
    /// <param name="times">When the operations ran.</param>
    /// <param name="phase">The phase of each; negative for one that is left out.</param>
    public static (int Later, int Earlier)? FindInversion(OperationTimes times, int[] phase)
    {
        var counted = Enumerable.Range(0, times.Count).Where(i => phase[i] >= 0).ToArray();
        var byCompletion = OperationTimes.InOrderOf(times.Completed, counted);
        var (next, last) = (0, -1);
        foreach (var operation in OperationTimes.InOrderOf(times.Invoked, counted))
        {
            for (; times.Completed[byCompletion[next]] < times.Invoked[operation]; next++)
                if (last < 0 || phase[byCompletion[next]] > phase[last])
                    last = byCompletion[next];
            if (last >= 0 && phase[last] > phase[operation])
                return (last, operation);
        }
        return null;
    }
}
