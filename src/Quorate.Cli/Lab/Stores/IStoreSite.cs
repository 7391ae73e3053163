using Quorate.Cli.Lab.Runs;

namespace Quorate.Cli.Lab.Stores;

/// <summary>A replicated store as the clients at one of its nodes see it.</summary>
internal interface IStoreSite
{
    /// <summary>Reads a key: its value, or a failure.</summary>
    Task<CallEnd> GetAsync(string key);

    /// <summary>Writes a key: done, or nobody knows.</summary>
    Task<CallEnd> PutAsync(string key, string value);
}
