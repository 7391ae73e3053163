namespace Shared.Hostile;

/// <summary>Makes wrong bytes of right ones.</summary>
internal static class Mutation
{
    private static readonly byte[] Edges = [0, 1, 0x7F, 0x80, 0xFF];
    private static readonly byte[] LongNumber = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];

    /// <summary>Changes some bytes, one to four times.</summary>
    /// <param name="bytes">The right ones.</param>
    /// <param name="other">Others, of which a part may be put in.</param>
    /// <param name="random">Draws what is done.</param>
    public static byte[] Of(byte[] bytes, byte[] other, Random random)
    {
        List<byte> changed = [.. bytes];
        for (var left = random.Next(1, 5); left > 0; left--)
            Change(changed, other, random);
        return [.. changed];
    }

    /// <summary>Frames a message of gRPC wrongly, and now and then rightly.</summary>
    /// <param name="message">The message.</param>
    /// <param name="random">Draws what is done.</param>
    public static byte[] Framed(byte[] message, Random random)
    {
        var framed = Http2Wire.Message(message);
        switch (random.Next(8))
        {
            case 0:
                framed[0] = (byte)random.Next(256);
                break;
            case 1:
                framed[random.Next(1, 5)] = (byte)random.Next(256);
                break;
            case 2:
                return framed[..random.Next(framed.Length)];
            case 3:
                return [.. framed, .. framed];
            case 4:
                return [.. framed, (byte)random.Next(256)];
            default:
                break;
        }

        return framed;
    }

    private static void Change(List<byte> bytes, byte[] other, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        var some = Math.Min(random.Next(1, 9), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0 when some > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when some > 0:
                bytes[at] = Edges[random.Next(Edges.Length)];
                break;
            case 2 when some > 0:
                bytes.RemoveRange(at, some);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, some));
                break;
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5 when other.Length > 0:
                bytes.InsertRange(at, other[random.Next(other.Length)..]);
                break;
            case 6:
                bytes.InsertRange(at, LongNumber);
                break;
            default:
                bytes.Insert(at, (byte)random.Next(256));
                break;
        }
    }
}
