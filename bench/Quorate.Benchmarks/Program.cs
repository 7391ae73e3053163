using Quorate.Benchmarks.Coordination;
using Quorate.Benchmarks.Simulation;

switch (args.FirstOrDefault())
{
    case "etcd":
        return await EtcdComparison.RunAsync(args[1..]);
    case "sim-messages":
        return MessageBenchmark.Run();
    case "sim-replication":
        return ReplicationBenchmark.Run();
    default:
        Console.Error.WriteLine("usage: Quorate.Benchmarks etcd [ROUNDS] | sim-messages | sim-replication");
        return 2;
}
