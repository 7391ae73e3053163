namespace Quorate.Checking.Models;

/// <summary>An action and the number of its key.</summary>
internal readonly record struct KeyedAction(int Key, ObjectAction Action);
