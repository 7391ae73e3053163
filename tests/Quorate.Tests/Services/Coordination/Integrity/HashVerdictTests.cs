using Quorate.Kernel.Identity;
using Quorate.Services.Coordination.Integrity;

namespace Quorate.Tests.Services.Coordination.Integrity;

public sealed class HashVerdictTests
{
    [Theory] // A letter a replica: a capital one votes; a dot gave no hash, and a comma none and has no vote.
    [InlineData("AAA", "", false)]
    [InlineData("AAB", "3", false)]
    [InlineData("BAA", "1", false)]
    [InlineData("ABC", "", true)]
    [InlineData("AB.", "", false)] // The third may agree with either.
    [InlineData("A..", "", false)]
    [InlineData("...", "", false)]
    [InlineData("AA.", "", false)]
    [InlineData("AABBB", "12", false)]
    [InlineData("AABB.", "", false)]
    [InlineData("AABBC", "", true)]
    [InlineData("ABC..", "", false)]
    [InlineData("ABCD.", "", true)]
    [InlineData("AAb", "3", false)] // A learner is judged, and does not judge.
    [InlineData("ABb", "", true)]
    [InlineData("A,", "", false)]
    [InlineData("AB", "", true)]
    public void A_replica_is_judged_by_a_majority_of_all_voters(string replicas, string differing, bool isSplit)
    {
        var reports = replicas.Select((c, i) => new HashReport(
            new NodeId((ulong)i + 1), char.IsUpper(c) || c == '.', char.IsLetter(c) ? char.ToUpperInvariant(c) : null)).ToArray();
        var verdict = HashVerdict.Of(reports);
        Assert.Equal(differing, string.Concat(verdict.Differing.Select(node => node.Value)));
        Assert.Equal(isSplit, verdict.IsSplit);
        Assert.Empty(verdict.Agreeing.Intersect(verdict.Differing));
        Assert.True(verdict.Agreeing.Count > 0 || verdict.Differing.Count == 0);
    }
}
