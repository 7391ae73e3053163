namespace Quorate.Checking.Transactions;

/// <summary>What the steps of transactions do to keys.</summary>
public enum TransactionModel
{
    /// <summary><c>[append key element]</c> and <c>[r key list]</c>; an element is appended to a key at most once.</summary>
    ListAppend,

    /// <summary><c>[w key value]</c> and <c>[r key value]</c>; a value is written to a key at most once, and keys begin as nil.</summary>
    RwRegister,
}
