using Quorate.Checking.Histories;
using Quorate.Simulation.Faults;
using Quorate.Testing;
using Quorate.Testing.Worlds;

namespace Bank;

public sealed class BankTests
{
    [Fact]
    public void No_money_is_lost() => Simulation.Explore(seeds: 1..200, world =>
    {
        var bank = world.Cluster(1, machine => new BankService(machine), (service, stop) => service.RunAsync(stop));
        long? total = null;
        world.Inject(FaultKind.Crash, FaultKind.Pause, FaultKind.SlowDisk);
        world.Finally(() => Assert.Equal(BankService.Accounts * BankService.Opening, total));
        return world.Clients(3, async client =>
        {
            while (await client.NextAsync())
                await TransferAsync(client, bank);
            while (total is null && bank[0] is { } service)
                total = await service.TotalAsync();
        });
    }).MustHold();

    private static Task<HistoryValue?> TransferAsync(SimulatedClient client, ServiceCluster<BankService> bank)
    {
        var (from, to, amount) = (client.Random.Next(3), client.Random.Next(3), client.Random.Next(1, 50));
        return client.DoAsync("transfer", null, HistoryValue.Of(amount), async () =>
        {
            if (bank[0] is not { } service || !await service.TransferAsync(from, to, amount))
                throw new OperationFailedException("the bank refused");
            return HistoryValue.Of(amount);
        });
    }
}
