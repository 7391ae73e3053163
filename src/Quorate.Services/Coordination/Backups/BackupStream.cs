using System.Security.Cryptography;
using System.Threading.Channels;
using Quorate.Kernel.Invariants;
using Quorate.Kernel.Machines;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Backups;

/// <summary>A backup on its way to its reader. The strand writes a few pieces ahead; the reader may be on any thread.</summary>
/// <remarks>
/// The state is written twice: once to learn its length, which the header and the reader's progress need, and once to be sent.
/// Bounded: <see cref="PiecesMax"/> pieces of about 64 KiB, or one version where that is longer, wait for the reader. As nothing that was
/// compacted can be freed while a backup is open, a reader that takes nothing for <see cref="Patience"/> loses it.
/// </remarks>
internal sealed class BackupStream : IBackup, IStateSink
{
    private const int PiecesMax = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly IMachine machine;
    private readonly CancellationTokenSource ending = new();
    private readonly CancellationTokenRegistration stops;
    private readonly Channel<ReadOnlyMemory<byte>> pieces = Channel.CreateBounded<ReadOnlyMemory<byte>>(PiecesMax);
    private readonly IncrementalHash checksum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly BackupHeader header;
    private long sent;

    private BackupStream(IMachine machine, BackupHeader header, CancellationToken stopping)
    {
        (this.machine, this.header) = (machine, header);
        stops = stopping.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), ending);
    }

    /// <inheritdoc/>
    public long Bytes => BackupFormat.TotalBytes(header.StateBytes);

    /// <summary>Begins a backup. On the strand.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="cut">What to write; disposed at the end.</param>
    /// <param name="clusterId">The cluster.</param>
    /// <param name="revision">The revision of the cut.</param>
    /// <param name="stopping">Canceled when the service stops.</param>
    /// <param name="cancellationToken">Gives up before the first byte.</param>
    public static async ValueTask<BackupStream> OpenAsync(
        IMachine machine, IStateCut cut, ulong clusterId, long revision, CancellationToken stopping, CancellationToken cancellationToken)
    {
        try
        {
            var counter = new Counter();
            await cut.WriteAsync(counter, cancellationToken);
            var backup = new BackupStream(machine, new BackupHeader(clusterId, revision, counter.Bytes), stopping);
            _ = backup.WriteAllAsync(cut);
            return backup;
        }
        catch
        {
            cut.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (await pieces.Reader.WaitToReadAsync(cancellationToken))
        {
            if (pieces.Reader.TryRead(out var piece))
                return piece;
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        ending.Cancel();
        return default;
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => SendAsync(bytes.ToArray(), cancellationToken);

    private async Task WriteAllAsync(IStateCut cut)
    {
        try
        {
            await SendAsync(BackupFormat.Write(header), ending.Token);
            await cut.WriteAsync(this, ending.Token);
            Invariant.Holds(sent == BackupFormat.BlockBytes + header.StateBytes, "a cut writes the same bytes each time");
            await SendAsync(new byte[BackupFormat.Padding(header.StateBytes)], ending.Token);
            await pieces.Writer.WriteAsync(checksum.GetHashAndReset(), ending.Token);
            pieces.Writer.TryComplete();
        }
        catch (OperationCanceledException)
        {
            pieces.Writer.TryComplete(CoordinationErrors.Of(CoordinationError.Stopped));
        }
        catch (CoordinationException e)
        {
            pieces.Writer.TryComplete(e);
        }
        catch (IOException)
        {
            // A value that is on disk cannot be had: this node fails with the disk's own error.
            pieces.Writer.TryComplete(CoordinationErrors.Of(CoordinationError.Stopped));
        }
        catch (Exception e)
        {
            pieces.Writer.TryComplete(e);
            machine.Fail(e);
        }
        finally
        {
            stops.Dispose();
            cut.Dispose();
            checksum.Dispose();
        }
    }

    private async ValueTask SendAsync(byte[] piece, CancellationToken cancellationToken)
    {
        checksum.AppendData(piece);
        sent += piece.Length;
        if (piece.Length == 0 || pieces.Writer.TryWrite(piece))
            return;
        using var patience = new CancellationTokenSource(Patience, machine.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await pieces.Writer.WriteAsync(piece, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw CoordinationErrors.Of(CoordinationError.Timeout);
        }
    }

    private sealed class Counter : IStateSink
    {
        public long Bytes { get; private set; }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Bytes += bytes.Length;
            return default;
        }
    }
}
