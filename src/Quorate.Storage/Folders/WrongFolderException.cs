namespace Quorate.Storage.Folders;

/// <summary>The data folder belongs to another node or another cluster. Nothing in it was touched.</summary>
public sealed class WrongFolderException : IOException
{
    /// <summary>Names both.</summary>
    /// <param name="expected">Who wanted the folder.</param>
    /// <param name="found">Whose it is.</param>
    public WrongFolderException(DataFolderIdentity expected, DataFolderIdentity found)
        : base($"the data folder belongs to {found}, not to {expected}")
    {
        Expected = expected;
        Found = found;
    }

    /// <summary>Who wanted the folder.</summary>
    public DataFolderIdentity Expected { get; }

    /// <summary>Whose it is.</summary>
    public DataFolderIdentity Found { get; }
}
