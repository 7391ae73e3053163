using Quorate.Checking.Histories;
using Quorate.Cli.Lab.Runs;

namespace Quorate.Cli.Lab.Stores;

/// <summary>The clients' view of a <see cref="QuorumReplica"/>.</summary>
internal sealed class QuorumSite(QuorumReplica replica) : IStoreSite
{
    public async Task<CallEnd> GetAsync(string key) => await replica.ReadAsync(key) is { } read
        ? new CallEnd(HistoryEventType.Ok, HistoryValue.Of(read.Value))
        : new CallEnd(HistoryEventType.Fail, Error: "too few replicas answered");

    public async Task<CallEnd> PutAsync(string key, string value) => await replica.WriteAsync(key, value) is not null
        ? new CallEnd(HistoryEventType.Ok)
        : new CallEnd(HistoryEventType.Unknown, Error: "too few replicas answered");
}
