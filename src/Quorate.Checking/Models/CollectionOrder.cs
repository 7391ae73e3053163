namespace Quorate.Checking.Models;

/// <summary>Which value comes out of a collection next.</summary>
public enum CollectionOrder
{
    /// <summary>A queue: the one that was put in first.</summary>
    FirstInFirstOut,

    /// <summary>A stack: the one that was put in last.</summary>
    LastInFirstOut,
}
