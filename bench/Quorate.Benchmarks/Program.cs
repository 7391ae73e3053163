using Quorate.Benchmarks.Checking;
using Quorate.Benchmarks.Coordination;
using Quorate.Benchmarks.Protocols;
using Quorate.Benchmarks.Recipes;
using Quorate.Benchmarks.Replication;
using Quorate.Benchmarks.Simulation;

switch (args.FirstOrDefault())
{
    case "etcd":
        return await EtcdComparison.RunAsync(args[1..]);
    case "etcd-watch":
        return await WatchComparison.RunAsync(args[1..]);
    case "etcd-leases":
        return await LeaseComparison.RunAsync(args[1..]);
    case "etcd-keys":
        return await KeysComparison.RunAsync(args[1..]);
    case "etcd-failover":
        return await FailOverComparison.RunAsync(args[1..]);
    case "etcd-steady":
        return await SteadyComparison.RunAsync(args[1..]);
    case "embedded-puts":
        return await EmbeddedPuts.Run(args[1..]);
    case "locks":
        return await LockBenchmark.RunAsync(args[1..]);
    case "raft-core":
        return RaftBenchmark.Run();
    case "sim-messages":
        return MessageBenchmark.Run();
    case "sim-minute":
        return MinuteBenchmark.Run();
    case "sim-raft-kv":
        return RaftKvBenchmark.Run();
    case "sim-replication":
        return ReplicationBenchmark.Run();
    case "model-raft":
        return ModelRaft.Run();
    case "check-etcd":
        return CheckEtcd.Run(args[1..]);
    case "isolation":
        return IsolationBenchmark.Run();
    case "linearizability":
        return LinearizabilityBenchmark.Run(args[1..]);
    default:
        Console.Error.WriteLine("""
            usage: Quorate.Benchmarks WHAT
              etcd [ROUNDS]                                  three processes beside three of etcd, the same load in turns
              etcd-watch [ROUNDS]                            events a second of a thousand watches, beside etcd
              etcd-leases [LEASES]                           processor time of leases that are kept alive, beside etcd
              etcd-keys [KEYS]                               memory, snapshot, hash and start of a store of many keys, beside etcd
              etcd-failover [ROUNDS]                         no put after kill -9 of the leader, beside etcd
              etcd-steady [ROUNDS]                           99th percentiles during compaction and snapshots, beside etcd
              embedded-puts [INFLIGHT] [SECONDS] [follower]  three nodes in this process, without gRPC; and what a put costs
              locks [NODES|etcd] [SECONDS]                   an uncontended lock beside a put, and the hand-over after a holder's death
              raft-core                                      proposals a second of the core alone
              sim-messages                                   events a second of the simulator
              sim-minute                                     one-minute runs a second of three nodes that send heartbeats
              sim-raft-kv                                    simulated seconds a second of the scenario raft-kv, five nodes, all faults
              sim-replication                                simulated seconds a second of a replicated group under faults
              model-raft                                     states a second of the model checker on Raft
              check-etcd [FOLDER]                            the checker on the etcd logs
              linearizability [hostile MIB MODEL]            the linearizability checks on 10^5 and 10^6 operations; or a hostile history
              isolation                                      the isolation checker on 10^4 to 10^6 transactions
            """);
        return 2;
}
