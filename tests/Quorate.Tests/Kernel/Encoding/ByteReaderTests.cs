using FsCheck;
using FsCheck.Fluent;
using Quorate.Kernel.Encoding;

namespace Quorate.Tests.Kernel.Encoding;

public sealed class ByteReaderTests
{
    [Fact]
    public void Unsigned_varints_come_back() => Prop.ForAll<DoNotSize<ulong>>(value => RoundTrip(value.Item)).QuickCheckThrowOnFailure();

    [Fact]
    public void Signed_varints_of_any_size_come_back() => Prop.ForAll<DoNotSize<long>>(value =>
    {
        var writer = new ByteWriter();
        writer.WriteVarInt(value.Item);
        var reader = new ByteReader(writer.WrittenSpan);
        return reader.ReadVarInt() == value.Item && reader.AtEnd;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0UL, 1)]
    [InlineData(127UL, 1)]
    [InlineData(128UL, 2)]
    [InlineData(16_383UL, 2)]
    [InlineData(16_384UL, 3)]
    [InlineData(1UL << 63, 10)]
    [InlineData(ulong.MaxValue, 10)]
    public void A_varint_takes_seven_bits_a_byte(ulong value, int bytes)
    {
        Assert.True(RoundTrip(value));
        var writer = new ByteWriter();
        writer.WriteVarUInt(value);
        Assert.Equal(bytes, writer.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Signed_varints_come_back(long value)
    {
        var writer = new ByteWriter();
        writer.WriteVarInt(value);
        Assert.Equal(value, new ByteReader(writer.WrittenSpan).ReadVarInt());
    }

    [Fact]
    public void A_sequence_of_everything_comes_back() => Prop.ForAll<NonNull<string>, byte[], long>((text, bytes, number) =>
    {
        var clean = new string(text.Get.Where(c => !char.IsSurrogate(c)).ToArray());
        var writer = new ByteWriter(16);
        writer.WriteString(clean);
        writer.WriteVarInt(number);
        writer.WriteBytes(bytes);
        writer.WriteBool(number > 0);
        writer.WriteUInt32((uint)number);
        writer.WriteUInt64((ulong)number);
        writer.WriteByte((byte)number);
        var reader = new ByteReader(writer.WrittenSpan);
        var same = reader.ReadString() == clean && reader.ReadVarInt() == number && reader.ReadBytes().SequenceEqual(bytes)
            && reader.ReadBool() == number > 0 && reader.ReadUInt32() == (uint)number && reader.ReadUInt64() == (ulong)number
            && reader.ReadByte() == (byte)number;
        reader.ExpectEnd();
        return same;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("ffffffffffffffffff02")] // Bit 64.
    [InlineData("ffffffffffffffffffff01")] // Eleven bytes.
    [InlineData("80")] // Ends inside.
    [InlineData("")]
    public void A_varint_that_is_too_long_or_cut_is_malformed(string hex) =>
        Assert.Throws<MalformedInputException>(() => new ByteReader(Convert.FromHexString(hex)).ReadVarUInt());

    [Fact]
    public void A_length_beyond_the_input_is_refused_before_anything_is_allocated()
    {
        var writer = new ByteWriter();
        writer.WriteVarUInt(int.MaxValue);
        writer.WriteByte(1);
        var input = writer.ToArray();
        Assert.Throws<MalformedInputException>(() => new ByteReader(input).ReadBytes().ToArray());
        Assert.Throws<MalformedInputException>(() => new ByteReader(input).ReadString());
        Assert.Throws<MalformedInputException>(() => new ByteReader(input).ReadCount(bytesEach: 4));
    }

    [Fact]
    public void A_count_is_bounded_by_the_size_of_the_things()
    {
        var input = new byte[] { 3, 0, 0, 0, 0, 0, 0 };
        Assert.Equal(3, new ByteReader(input).ReadCount(bytesEach: 2));
        Assert.Throws<MalformedInputException>(() => new ByteReader(input).ReadCount(bytesEach: 3));
    }

    [Fact]
    public void Other_truth_values_and_left_over_bytes_are_malformed()
    {
        Assert.Throws<MalformedInputException>(() => new ByteReader([2]).ReadBool());
        Assert.Throws<MalformedInputException>(() => new ByteReader([2]).ExpectEnd());
        Assert.Throws<MalformedInputException>(() => new ByteReader([2]).ReadRaw(-1));
        new ByteReader([]).ExpectEnd();
    }

    [Fact]
    public void Random_bytes_are_read_or_refused_and_nothing_else_happens()
    {
        var random = new Random(7);
        var refused = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var input = new byte[random.Next(0, 24)];
            random.NextBytes(input);
            refused += ReadSomehow(input, random) ? 0 : 1;
        }

        Assert.InRange(refused, 1, 19_999);
    }

    [Fact]
    public void Every_cut_of_a_message_is_refused()
    {
        var writer = new ByteWriter();
        writer.WriteString("message");
        writer.WriteUInt64(1);
        writer.WriteVarUInt(300);
        var whole = writer.ToArray();
        for (var length = 0; length < whole.Length; length++)
        {
            var cut = whole.AsMemory(0, length);
            Assert.Throws<MalformedInputException>(() =>
            {
                var reader = new ByteReader(cut.Span);
                reader.ReadString();
                reader.ReadUInt64();
                reader.ReadVarUInt();
            });
        }
    }

    private static bool RoundTrip(ulong value)
    {
        var writer = new ByteWriter();
        writer.WriteVarUInt(value);
        var reader = new ByteReader(writer.WrittenSpan);
        return reader.ReadVarUInt() == value && reader.AtEnd;
    }

    private static bool ReadSomehow(byte[] input, Random random)
    {
        try
        {
            var reader = new ByteReader(input);
            while (!reader.AtEnd)
            {
                switch (random.Next(6))
                {
                    case 0: reader.ReadVarUInt(); break;
                    case 1: reader.ReadVarInt(); break;
                    case 2: reader.ReadBytes(); break;
                    case 3: reader.ReadString(); break;
                    case 4: reader.ReadBool(); break;
                    default: reader.ReadUInt32(); break;
                }
            }

            return true;
        }
        catch (MalformedInputException)
        {
            return false;
        }
    }
}
