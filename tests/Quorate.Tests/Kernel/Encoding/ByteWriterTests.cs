using Quorate.Kernel.Encoding;

namespace Quorate.Tests.Kernel.Encoding;

public sealed class ByteWriterTests
{
    [Fact]
    public void Numbers_are_little_endian()
    {
        var writer = new ByteWriter();
        writer.WriteUInt32(0x01020304);
        writer.WriteUInt64(0x05060708090a0b0c);
        writer.WriteVarUInt(300);
        writer.WriteVarInt(-1);
        Assert.Equal("040302010c0b0a0908070605ac0201", Convert.ToHexStringLower(writer.WrittenSpan));
    }

    [Fact]
    public void A_patch_changes_four_bytes_in_place()
    {
        var writer = new ByteWriter();
        writer.WriteRaw([1, 0, 0, 0, 0, 6]);
        writer.PatchUInt32(1, 0xaabbccdd);
        Assert.Equal("01ddccbbaa06", Convert.ToHexStringLower(writer.WrittenSpan));
        Assert.ThrowsAny<ArgumentException>(() => writer.PatchUInt32(100_000, 1));
    }

    [Fact]
    public void Clearing_keeps_the_buffer_and_forgets_the_bytes()
    {
        var writer = new ByteWriter();
        writer.WriteRaw(new byte[10_000]);
        writer.Clear();
        Assert.Equal(0, writer.Length);
        writer.WriteByte(5);
        Assert.Equal([5], writer.ToArray());
    }

    [Fact]
    public void It_serves_as_a_buffer_writer_and_refuses_to_advance_too_far()
    {
        var writer = new ByteWriter(16);
        new byte[] { 1, 2 }.CopyTo(writer.GetSpan(100));
        writer.Advance(2);
        Assert.Equal([1, 2], writer.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(1_000_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(-1));
    }
}
