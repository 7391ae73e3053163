using System.Buffers.Binary;
using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;

namespace Bank;

/// <summary>A small bank, wrong on purpose: docs/testing-your-service.md finds out how.</summary>
public sealed class BankService(IMachine machine)
{
    public const int Accounts = 3;
    public const long Opening = 100;
    private readonly Strand strand = machine.CreateStrand("bank");
    private readonly long[] balances = new long[Accounts];
    private IFile? file;

    public async Task RunAsync(CancellationToken stop)
    {
        var opened = await machine.Disk.OpenAsync("accounts", OpenMode.OpenOrCreate, stop);
        var bytes = new byte[Accounts * 8];
        if (await opened.ReadAsync(0, bytes, stop) < bytes.Length)
        {
            for (var i = 0; i < Accounts; i++)
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * 8), Opening);
            await opened.WriteAndSyncAsync(0, bytes, stop);
            await machine.Disk.SyncDirectoryAsync("", stop);
        }
        for (var i = 0; i < Accounts; i++)
            balances[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(i * 8));
        file = opened;
        await Task.Delay(Timeout.InfiniteTimeSpan, machine.Clock, stop);
    }

    /// <summary>Moves money; false where the bank is closed or the account has too little.</summary>
    public Task<bool> TransferAsync(int from, int to, long amount) => strand.InvokeAsync(async () =>
    {
        if (file is null || balances[from] < amount)
            return false;
        balances[from] -= amount;
        await SaveAsync(from);
        balances[to] += amount;
        await SaveAsync(to);
        return true;
    });

    /// <summary>All money of the bank, or null where it is closed.</summary>
    public Task<long?> TotalAsync() => strand.InvokeAsync(() => Task.FromResult(file is null ? (long?)null : balances.Sum()));

    private async Task SaveAsync(int account)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, balances[account]);
        await file!.WriteAndSyncAsync(account * 8, bytes);
    }
}
