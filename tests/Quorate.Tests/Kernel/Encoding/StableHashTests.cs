using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;

namespace Quorate.Tests.Kernel.Encoding;

/// <summary>These values are part of the formats: node identities are made of them. A change here breaks every cluster.</summary>
public sealed class StableHashTests
{
    [Theory] // Computed by a second implementation, in Python.
    [InlineData("", 0xefd01f60ba992926UL)]
    [InlineData("a", 0x82a2a958a9bece5bUL)]
    [InlineData("n1", 0xf5c08557ac1e5104UL)]
    [InlineData("node-1", 0x91dd3f4c04e1eb05UL)]
    [InlineData("é", 0x9d55ccb9ba86763bUL)]
    public void The_hash_of_a_text_is_pinned(string text, ulong expected) => Assert.Equal(expected, StableHash.Of(text));

    [Fact]
    public void Combining_is_pinned_and_ordered()
    {
        Assert.Equal(0x4b838d35c085c67dUL, StableHash.Combine(1, 2));
        Assert.NotEqual(StableHash.Combine(1, 2), StableHash.Combine(2, 1));
    }

    [Fact]
    public void The_identity_of_a_name_is_its_hash_in_hexadecimal()
    {
        Assert.Equal(StableHash.Of("n1"), NodeId.FromName("n1").Value);
        Assert.Equal(NodeId.FromName("n1").Value.ToString("x"), NodeId.FromName("n1").ToString());
        Assert.True(NodeId.None.IsNone);
        Assert.True(NodeId.None.CompareTo(NodeId.FromName("n1")) < 0);
    }
}
