using Quorate.Kernel.Encoding;
using Quorate.Protocols.Raft;

namespace Quorate.Scenarios.ModelChecks;

/// <summary>Every message that was ever sent in a check, once, by number.</summary>
internal sealed class ModelMessages
{
    private readonly Dictionary<byte[], int> numbers = new(new ByteArrayComparer());
    private readonly List<RaftMessage> messages = [];
    private readonly ByteWriter writer = new(64);

    public RaftMessage this[int number] => messages[number];

    public int NumberOf(RaftMessage message)
    {
        writer.Clear();
        RaftCodec.Write(message, writer);
        var bytes = writer.ToArray();
        if (numbers.TryGetValue(bytes, out var number))
            return number;
        numbers.Add(bytes, messages.Count);
        messages.Add(RaftCodec.Read(bytes));
        return messages.Count - 1;
    }
}
