using Quorate.Kernel.Encoding;
using Quorate.Protocols.Raft;

namespace Quorate.Cli.Models.Raft;

/// <summary>Every message that was ever sent in a check, once, by number.</summary>
internal sealed class ModelMessages
{
    private readonly List<MessageTraits> traits = [];
    private readonly Dictionary<byte[], int> numbers = new(new ByteArrayComparer());
    private readonly List<RaftMessage> messages = [];
    private readonly ByteWriter writer = new(64);

    public RaftMessage this[int number] => messages[number];

    /// <summary>What tells whether a message can still do anything.</summary>
    public MessageTraits TraitsOf(int number) => traits[number];

    public int NumberOf(RaftMessage message)
    {
        writer.Clear();
        RaftCodec.Write(message, writer);
        var bytes = writer.ToArray();
        if (numbers.TryGetValue(bytes, out var number))
            return number;
        numbers.Add(bytes, messages.Count);
        messages.Add(RaftCodec.Read(bytes));
        traits.Add(new MessageTraits(message.Term, message is VoteReply, message is AppendReply reply ? reply.Index : -1));
        return messages.Count - 1;
    }
}

/// <summary>What tells whether a message can still do anything.</summary>
/// <param name="Term">Its term.</param>
/// <param name="IsVote">Whether it answers a candidate.</param>
/// <param name="Match">The index that it tells a leader of; -1 for any other message.</param>
internal readonly record struct MessageTraits(long Term, bool IsVote, long Match);
