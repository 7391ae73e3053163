namespace Quorate.Checking.SpecialCases;

/// <summary>What an operation does with one element of a set.</summary>
internal enum ElementAction : byte
{
    /// <summary>The element is in the set.</summary>
    SeePresent,

    /// <summary>The element is not in the set.</summary>
    SeeAbsent,

    /// <summary>The element was not in the set, and is now.</summary>
    Insert,

    /// <summary>The element was in the set, and is no longer.</summary>
    Take,

    /// <summary>The element is in the set now, whether or not it was before.</summary>
    Put,

    /// <summary>The element is not in the set now, whether or not it was before.</summary>
    Clear,
}
