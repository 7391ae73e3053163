namespace Quorate.Checking.SpecialCases;

/// <summary>What an operation does with a collection that values are put into and taken out of.</summary>
internal enum TakeAction : byte
{
    /// <summary>Puts a value in.</summary>
    Put,

    /// <summary>Took this value out.</summary>
    Take,

    /// <summary>Found nothing to take.</summary>
    FindEmpty,

    /// <summary>Took something or found nothing, nobody knows.</summary>
    TakeUnknown,
}
