using Google.Protobuf;

namespace Quorate.Client.Calls;

/// <summary>A method with one answer.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Parser">Parses its answer.</param>
/// <param name="IsRepeatable">Whether it changes nothing, or the same however often it is called.</param>
/// <param name="IsAnonymous">Whether it is called as nobody.</param>
/// <typeparam name="T">Its answer.</typeparam>
internal sealed record CallMethod<T>(string Path, MessageParser<T> Parser, bool IsRepeatable, bool IsAnonymous = false)
    where T : class, IMessage<T>;

/// <summary>The methods of etcd's API that the client calls.</summary>
internal static class CallMethods
{
    /// <summary>Reads.</summary>
    public static CallMethod<Wire.RangeResponse> Range { get; } = new("/etcdserverpb.KV/Range", Wire.RangeResponse.Parser, true);

    /// <summary>A transaction that writes, or may.</summary>
    public static CallMethod<Wire.TxnResponse> Write { get; } = new("/etcdserverpb.KV/Txn", Wire.TxnResponse.Parser, false);

    /// <summary>A transaction that only reads.</summary>
    public static CallMethod<Wire.TxnResponse> Read { get; } = Write with { IsRepeatable = true };

    /// <summary>Grants a lease: another one each time.</summary>
    public static CallMethod<Wire.LeaseGrantResponse> Grant { get; } = new("/etcdserverpb.Lease/LeaseGrant", Wire.LeaseGrantResponse.Parser, false);

    /// <summary>Ends a lease.</summary>
    public static CallMethod<Wire.HeaderResponse> Revoke { get; } = new("/etcdserverpb.Lease/LeaseRevoke", Wire.HeaderResponse.Parser, false);

    /// <summary>Logs in.</summary>
    public static CallMethod<Wire.AuthenticateResponse> Authenticate { get; } =
        new("/etcdserverpb.Auth/Authenticate", Wire.AuthenticateResponse.Parser, true, IsAnonymous: true);
}
