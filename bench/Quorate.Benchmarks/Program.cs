using Quorate.Benchmarks.Coordination;

switch (args.FirstOrDefault())
{
    case "etcd":
        return await EtcdComparison.RunAsync(args[1..]);
    default:
        Console.Error.WriteLine("usage: Quorate.Benchmarks etcd [ROUNDS]");
        return 2;
}
