using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;

namespace Quorate.Services.Replication.Members;

/// <summary>What a step of membership does. The numbers are on the wire.</summary>
internal enum MembershipStepKind : byte
{
    /// <summary>A new member, without a vote.</summary>
    Add = 1,

    /// <summary>A learner gets its vote.</summary>
    Promote = 2,

    /// <summary>A member goes.</summary>
    Remove = 3,

    /// <summary>A member is reached elsewhere.</summary>
    Move = 4,

    /// <summary>A member whose data is damaged begins anew, without a vote until it has caught up.</summary>
    Readmit = 5,
}

/// <summary>A step of membership on its way to the leader.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Member">To whom; only the id counts where nothing else is needed.</param>
internal sealed record MembershipStep(MembershipStepKind Kind, GroupMember Member)
{
    public static MembershipStep Of(MembershipStepKind kind, NodeId member) => new(kind, new GroupMember(member, "", "", "", false));

    public byte[] ToArray()
    {
        var writer = new ByteWriter();
        writer.WriteByte((byte)Kind);
        MemberTable.Write(writer, Member);
        return writer.ToArray();
    }

    /// <summary>Reads a step.</summary>
    /// <exception cref="MalformedInputException">The bytes are not one.</exception>
    public static MembershipStep Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var kind = reader.ReadByte();
        if (kind is < (byte)MembershipStepKind.Add or > (byte)MembershipStepKind.Readmit)
            throw new MalformedInputException($"there is no step of membership {kind}");
        var step = new MembershipStep((MembershipStepKind)kind, MemberTable.ReadMember(ref reader));
        reader.ExpectEnd();
        return step;
    }
}
