using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication.Levels;

namespace Quorate.Tests.Services.Coordination;

public sealed class CommandFuzzTests
{
    [Fact]
    public void Malformed_commands_are_answered_and_change_replicas_alike()
    {
        var requests = new RandomRequests(17);
        var random = requests.Random;
        var model = new ReferenceStore();
        CoordinationStore one = new(), other = new();
        for (var step = 1; step < 20_000; step++)
        {
            var command = StoreModelTests.Step(requests, model, out _).ToArray();
            if (random.Next(4) == 0)
                command = command[..random.Next(command.Length)];
            for (var i = random.Next(4); i > 0 && command.Length > 0; i--)
                command[random.Next(command.Length)] = (byte)random.Next(256);
            Assert.True(Answer(one, step, command).AsSpan().SequenceEqual(Answer(other, step, command)), $"step {step}");
        }

        Assert.Equal(one.Hash(), other.Hash());
    }

    [Fact]
    public void A_command_of_an_unknown_kind_stops_the_replica_and_is_not_passed_over()
    {
        var store = new CoordinationStore();
        foreach (var kind in Enumerable.Range(0, 256).Select(i => (byte)i).Where(kind => !Enum.IsDefined((CommandKind)kind)))
        {
            Assert.Throws<ReleaseTooOldException>(() => store.Apply(1, new[] { kind }));
            Assert.Throws<ReleaseTooOldException>(() => store.Apply(1, new[] { (byte)CommandKind.Trusted, kind }));
        }
    }

    [Fact]
    public void A_cut_off_command_changes_nothing()
    {
        var store = new CoordinationStore();
        var command = CommandWriter.Put(CoordinationFixture.Put("key", "value"));
        for (var length = 0; length < command.Length; length++)
        {
            var reply = store.Apply(length + 1, command[..length]);
            Assert.NotEqual(0, reply[0]);
        }

        Assert.Equal(1, store.Revision);
    }

    // Empty where the replica stops: a kind of command that only another release knows is not answered.
    private static byte[] Answer(CoordinationStore store, int step, byte[] command)
    {
        try
        {
            return store.Apply(step, command);
        }
        catch (ReleaseTooOldException)
        {
            return [];
        }
    }
}
