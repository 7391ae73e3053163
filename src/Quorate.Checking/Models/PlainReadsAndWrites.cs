using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.SpecialCases;

namespace Quorate.Checking.Models;

/// <summary>The near-linear check of a register, where its operations are reads and writes alone.</summary>
internal static class PlainReadsAndWrites
{
    /// <summary>The check, or null where something else was done.</summary>
    public static ISpecialCase? Of(IReadOnlyList<HistoryOperation> operations, IReadOnlyList<ObjectAction> actions)
    {
        for (var i = 0; i < actions.Count; i++)
            if (actions[i].Kind is not (ActionKind.Read or ActionKind.Write))
                return null;
        var (values, writes) = (new int[actions.Count], new bool[actions.Count]);
        for (var i = 0; i < values.Length; i++)
            (values[i], writes[i]) = (actions[i].A, actions[i].Kind == ActionKind.Write);
        return new UniqueRegister(operations, values, writes);
    }
}
