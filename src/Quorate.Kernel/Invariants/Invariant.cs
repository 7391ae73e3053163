using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Quorate.Kernel.Invariants;

/// <summary>Checks that hold in Release too. A broken one stops the node: it must not write another byte.</summary>
public static class Invariant
{
    /// <summary>Stops the node when the condition is false.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="what">What it means.</param>
    /// <param name="expression">The condition's text, from the compiler.</param>
    /// <exception cref="InvariantViolationException">The condition is false.</exception>
    public static void Holds(
        [DoesNotReturnIf(false)] bool condition, string what, [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        if (!condition)
            Fail(what, expression);
    }

    [DoesNotReturn]
    private static void Fail(string what, string expression) => throw new InvariantViolationException($"{what} (violated: {expression})");
}
