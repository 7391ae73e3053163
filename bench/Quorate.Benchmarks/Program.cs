using Quorate.Benchmarks.Checking;
using Quorate.Benchmarks.Coordination;
using Quorate.Benchmarks.Replication;
using Quorate.Benchmarks.Simulation;

switch (args.FirstOrDefault())
{
    case "etcd":
        return await EtcdComparison.RunAsync(args[1..]);
    case "embedded-puts":
        return await EmbeddedPuts.Run(args[1..]);
    case "sim-messages":
        return MessageBenchmark.Run();
    case "check-etcd":
        return CheckEtcd.Run(args[1..]);
    default:
        Console.Error.WriteLine("""
            usage: Quorate.Benchmarks WHAT
              etcd [ROUNDS]                                  three processes beside three of etcd, the same load in turns
              embedded-puts [INFLIGHT] [SECONDS] [follower]  three nodes in this process, without gRPC; and what a put costs
              sim-messages                                   events a second of the simulator
              check-etcd [FOLDER]                            the checker on the etcd logs
            """);
        return 2;
}
