using System.Buffers.Binary;
using Quorate.Kernel.Machines;
using Quorate.Storage.Logs;

namespace Quorate.Tests.Storage.Logs;

/// <summary>A log's life over many crashes, and what must be true after each.</summary>
internal sealed class LogWorkload(Random random)
{
    public static readonly WriteAheadLogOptions Options = new() { SegmentBytes = 32 << 10, BufferedBytesMax = 1 << 20 };

    // By record number: what was appended last under it, and where.
    private readonly SortedDictionary<long, (byte[] Record, LogPosition Position)> appended = [];
    private long next = 1;
    private long acknowledged;
    private long neededFrom = 1;

    public WriteAheadLog? Log { get; private set; }

    /// <summary>How many records were acknowledged so far.</summary>
    public long Acknowledged => acknowledged;

    /// <summary>Opens the log and checks what is in it.</summary>
    public async Task OpenAsync(IDisk disk)
    {
        var replayed = new List<(LogPosition, byte[])>();
        Log = await WriteAheadLog.OpenAsync(disk, Options, (position, record) => replayed.Add((position, record.ToArray())));
        Check(replayed);
    }

    /// <summary>Appends, commits and trims for some rounds.</summary>
    public async Task RunAsync(int rounds)
    {
        var commits = new List<Task>();
        for (var round = 0; round < rounds; round++)
        {
            for (var count = random.Next(4); count > 0; count--)
                Append();
            commits.Add(CommitAsync());
            if (random.Next(3) == 0)
                await Task.WhenAll(commits);
            if (random.Next(8) == 0)
                await TrimAsync();
        }

        await Task.WhenAll(commits);
    }

    private void Append()
    {
        var record = new byte[8 + random.Next(random.Next(10) == 0 ? 15_000 : 600)];
        random.NextBytes(record);
        BinaryPrimitives.WriteInt64LittleEndian(record, next);
        appended[next] = (record, Log!.Append(record));
        next++;
    }

    private async Task CommitAsync()
    {
        var through = next - 1;
        await Log!.CommitAsync();
        acknowledged = Math.Max(acknowledged, through);
    }

    private async Task TrimAsync()
    {
        if (acknowledged == 0)
            return;
        neededFrom = Math.Max(neededFrom, acknowledged - random.Next(20));
        await Log!.TrimBeforeAsync(appended[neededFrom].Position);
    }

    private void Check(List<(LogPosition Position, byte[] Record)> replayed)
    {
        var numbers = replayed.Select(r => BinaryPrimitives.ReadInt64LittleEndian(r.Record)).ToArray();
        var last = numbers.Length == 0 ? 0 : numbers[^1];
        Assert.True(last >= acknowledged, $"record {acknowledged} was acknowledged, and the log ends with {last}");
        Assert.True(last < next);
        if (numbers.Length > 0)
            Assert.True(numbers[0] <= neededFrom, $"record {neededFrom} is needed, and the log begins with {numbers[0]}");
        for (var i = 0; i < numbers.Length; i++)
        {
            Assert.Equal(numbers[0] + i, numbers[i]);
            Assert.Equal(appended[numbers[i]].Record, replayed[i].Record);
            Assert.Equal(appended[numbers[i]].Position, replayed[i].Position);
        }

        // What was not found is free to be written anew; what was found is durable now, since the open made sure of it.
        acknowledged = last;
        next = last + 1;
    }
}
