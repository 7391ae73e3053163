namespace Quorate.Services.Replication;

/// <summary>A deterministic state machine that a group replicates. All calls come on the host's strand.</summary>
/// <remarks>
/// Guarantee asked of an implementation: the same commands in the same order give the same state and the same replies on every
/// replica and version.
/// </remarks>
public interface IStateMachine
{
    /// <summary>Applies one committed command. Bad commands are answered, never thrown.</summary>
    /// <param name="index">The command's place in the log; grows, with gaps.</param>
    /// <param name="command">The command's bytes; valid only during the call unless copied.</param>
    /// <returns>The reply for the client; kept until the client has acknowledged it.</returns>
    byte[] Apply(long index, ReadOnlyMemory<byte> command);

    /// <summary>
    /// The group's level is this one from now on: told before the first command, at each raise in the order of the log, and behind a restored
    /// state. What is newer must be refused, the same on every replica.
    /// </summary>
    /// <param name="level">The level, one of <see cref="Levels.FeatureLevel"/>; never lower than before.</param>
    void LevelChanged(int level)
    {
    }

    /// <summary>
    /// Takes a consistent cut of the state as of now, to be written in pieces while commands go on being applied. At most one cut is open
    /// at a time.
    /// </summary>
    IStateCut Cut();

    /// <summary>Replaces the whole state by one that <see cref="IStateCut.WriteAsync"/> wrote.</summary>
    /// <param name="source">Where the bytes are.</param>
    /// <param name="cancellationToken">Gives up; the state machine is then not used any more.</param>
    /// <exception cref="Quorate.Kernel.Encoding.MalformedInputException">The bytes are not such a state.</exception>
    ValueTask RestoreAsync(IStateSource source, CancellationToken cancellationToken);
}

/// <summary>A consistent cut of a state machine. Disposing it lets the state machine forget what only the cut still needed.</summary>
public interface IStateCut : IDisposable
{
    /// <summary>Writes the state as of the cut. Yields to the strand between pieces of at most about 64 KiB.</summary>
    /// <param name="sink">Where to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask WriteAsync(IStateSink sink, CancellationToken cancellationToken);
}

/// <summary>Takes the bytes of a state, in order.</summary>
public interface IStateSink
{
    /// <summary>Appends bytes.</summary>
    /// <param name="bytes">What; must not change until the call is done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}

/// <summary>Gives the bytes of a state, in order.</summary>
public interface IStateSource
{
    /// <summary>Reads the next bytes until the buffer is full or the state ends.</summary>
    /// <param name="buffer">What to fill.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many bytes were read: fewer than asked only at the end.</returns>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}
