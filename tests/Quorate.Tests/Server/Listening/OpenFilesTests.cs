using Quorate.Server.Listening;

namespace Quorate.Tests.Server.Listening;

public sealed class OpenFilesTests
{
    [Theory]
    [InlineData(10_000, 1, null, 10_000)]
    [InlineData(10_000, 1, 1_048_576L, 10_000)]
    [InlineData(10_000, 1, 4_096L, 3_584)]
    [InlineData(10_000, 3, 20_000L, 6_154)]
    [InlineData(10_000, 3, 1_024L, 171)]
    [InlineData(10_000, 15, 10L, 1)]
    [InlineData(5, 1, 20_000L, 5)]
    public void Connections_leave_room_for_a_nodes_own_files(int wanted, int nodes, long? filesMax, int connections) =>
        Assert.Equal(connections, OpenFiles.ConnectionsFor(wanted, nodes, filesMax));
}
