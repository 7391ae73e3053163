using Quorate.Kernel.Invariants;
using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication.Levels;

namespace Quorate.Tests.Services.Coordination;

/// <summary>What a level brings is behind the raise in the log: a replica that finds it before that stops, and changes nothing.</summary>
public sealed class StoreLevelTests
{
    private static readonly ReadOnlyMemory<byte> Put = CommandWriter.Put(CoordinationFixture.Put("key", "value"));

    public static TheoryData<byte[]> NewerCommands =>
    [
        AuthCommands.Write(new AddUser("user", null)).ToArray(),
        AuthCommands.Write(new EnableAuth()).ToArray(),
        CommandWriter.Trusted(Put).ToArray(),
        CommandWriter.OnBehalf("user", 1, Put).ToArray(),
    ];

    [Theory]
    [MemberData(nameof(NewerCommands))]
    public void A_command_of_a_level_before_the_raise_stops_the_replica_and_changes_nothing(byte[] command)
    {
        var store = new CoordinationStore();
        store.LevelChanged(FeatureLevel.First);
        store.Apply(1, Put);
        var before = store.Hash();
        Assert.Throws<InvariantViolationException>(() => store.Apply(2, command));
        Assert.Equal(before, store.Hash());
        Assert.Equal(FeatureLevel.First, store.LevelNeeded);
    }

    [Fact]
    public void From_the_raise_on_they_are_applied_and_the_state_needs_the_level()
    {
        var store = new CoordinationStore();
        store.LevelChanged(FeatureLevel.First);
        store.LevelChanged(FeatureLevel.Authentication);
        Assert.Equal(FeatureLevel.First, store.LevelNeeded);
        Assert.Equal(0, store.Apply(1, AuthCommands.Write(new AddUser("user", null)))[0]);
        Assert.Equal(FeatureLevel.Authentication, store.LevelNeeded);
        Assert.Equal("etcdserver: not capable", CoordinationErrors.TextOf(CoordinationError.NotCapable));
    }
}
