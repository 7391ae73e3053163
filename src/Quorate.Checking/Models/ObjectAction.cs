namespace Quorate.Checking.Models;

/// <summary>What an operation does to one key.</summary>
internal enum ActionKind
{
    /// <summary>The value is A.</summary>
    Read,

    /// <summary>The value is not A.</summary>
    Differ,

    /// <summary>The value becomes A.</summary>
    Write,

    /// <summary>The value was A and becomes B.</summary>
    CompareAndSet,

    /// <summary>A is appended to the value.</summary>
    Append,

    /// <summary>It read something, nobody knows what.</summary>
    None,
}

/// <summary>What an operation does to one key; the values are numbers of a <see cref="ValueTable"/>.</summary>
internal sealed record ObjectAction(ActionKind Kind, int A = 0, int B = 0)
{
    // Written out: a collection keyed by a struct, and an enum compared by the library, would be compiled anew at the first check.
    public bool Equals(ObjectAction? other) => other is not null && Kind == other.Kind && A == other.A && B == other.B;

    public override int GetHashCode() => (((int)Kind * 31) + A) * 31 + B;

    public bool IsObserver => Kind is ActionKind.Read or ActionKind.Differ or ActionKind.None;

    public bool Settles => Kind is ActionKind.Write or ActionKind.CompareAndSet;

    /// <summary>Whether this may depend on another action having been the last to change the value.</summary>
    public bool Observes(ObjectAction writer, ValueTable values)
    {
        if (writer.IsObserver || Kind is ActionKind.Write or ActionKind.None)
            return false;
        if (writer.Kind == ActionKind.Append || Kind is ActionKind.Append or ActionKind.Differ)
            return true;
        return values.Same(A, writer.Kind == ActionKind.CompareAndSet ? writer.B : writer.A);
    }
}
