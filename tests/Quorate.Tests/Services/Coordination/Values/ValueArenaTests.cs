using Quorate.Services.Coordination.Keys;
using Quorate.Services.Coordination.Values;

namespace Quorate.Tests.Services.Coordination.Values;

public sealed class ValueArenaTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Versions_read_back_as_written_wherever_they_are_moved_and_memory_is_given_back(int seed)
    {
        var random = new Random(seed);
        var keys = new KeyTree();
        var values = new ValueArena();
        var model = new Dictionary<KeyNode, List<(long Main, VersionDetails? Details)>>();
        for (var main = 2L; main < 6_000; main++)
        {
            var node = keys.GetOrAdd([(byte)random.Next(20)]);
            VersionDetails? details = random.Next(10) == 0 ? null : Draw(random, main);
            node.Append(details is { } live ? values.Write(main, 1, live) : KeyVersion.Deletion(main, 1));
            if (!model.TryGetValue(node, out var versions))
                model.Add(node, versions = []);
            versions.Add((main, details));
        }

        foreach (var (node, versions) in model)
        {
            node.Trim(node.Key[0] % 4 == 0 ? 0 : 5_900, values);
            versions.RemoveRange(0, versions.Count - node.Count);
        }

        Assert.True(values.IsSparse);
        var mover = new ValueMover(keys, values);
        for (var calls = 1; !mover.Move(budget: 7); calls++)
            Assert.True(calls < 1_000);
        Assert.False(values.IsSparse);
        Assert.InRange(values.HeldBytes, values.LiveBytes, (2 * values.LiveBytes) + (2 * ValueArena.ChunkBytes));
        foreach (var (node, versions) in model)
        {
            for (var place = 0; place < versions.Count; place++)
                Same(versions[place], node[place]);
            node.Trim(long.MaxValue, values);
        }
    }

    private static VersionDetails Draw(Random random, long main)
    {
        var value = new byte[random.Next(500) == 0 ? random.Next(100_000) : random.Next(600)];
        random.NextBytes(value);
        return new VersionDetails(random.NextInt64(1, main + 1), random.Next(1, 1 << 20), random.NextInt64() - random.NextInt64(), value);
    }

    private static void Same((long Main, VersionDetails? Details) wanted, in KeyVersion version)
    {
        Assert.Equal((wanted.Main, wanted.Details is not null), (version.Main, version.IsLive));
        if (wanted.Details is not { } details)
            return;
        var read = version.Details;
        Assert.Equal((details.Create, details.Number, details.Lease), (read.Create, read.Number, read.Lease));
        Assert.Equal(details.Value.ToArray(), read.Value.ToArray());
    }
}
