using Quorate.Services.Coordination;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination;

public sealed class CoordinationServiceTests
{
    private readonly CoordinationFixture fixture = new();

    [Fact]
    public void A_put_is_read_back_with_the_revisions_that_etcd_would_give()
    {
        Assert.Equal(2, fixture.Do(s => s.PutAsync(Put("a", "1"))).Header.Revision);
        Assert.Equal(3, fixture.Do(s => s.PutAsync(Put("a", "2"))).Header.Revision);
        var range = fixture.Do(s => s.RangeAsync(Get("a")));
        var kv = Assert.Single(range.KeyValues);
        Assert.Equal(("a", "2", 2L, 3L, 2L), (Text(kv.Key), Text(kv.Value), kv.CreateRevision, kv.ModRevision, kv.Version));
        Assert.Equal((1L, false, 7UL, 3L), (range.Count, range.More, range.Header.ClusterId, range.Header.Revision));
    }
}
