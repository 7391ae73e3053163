namespace Quorate.Services.Coordination.Watches;

/// <summary>The bounds of watch streams.</summary>
internal sealed record WatchLimits
{
    /// <summary>The most watches of one stream; more are refused.</summary>
    public int WatchesMax { get; init; } = 100_000;

    /// <summary>The most watches of all streams; more are refused. Default 1,000,000, some 600 MB.</summary>
    public int AllWatchesMax { get; init; } = 1_000_000;

    /// <summary>The most bytes of the keys that the watches of all streams watch; more are refused. Default 256 MiB.</summary>
    public long AllKeyBytesMax { get; init; } = 256 << 20;

    /// <summary>
    /// The most unread bytes of all streams. Beyond it the watches of every stream read the history instead until its reader has taken
    /// everything: a stream then holds one message. Default 512 MiB.
    /// </summary>
    public long AllBytesMax { get; init; } = 512L << 20;

    /// <summary>The most unread messages of one stream before its watches read the history instead.</summary>
    public int MessagesMax { get; init; } = 16_384;

    /// <summary>The most unread bytes of one stream before its watches read the history instead.</summary>
    public long BytesMax { get; init; } = 8 << 20;

    /// <summary>The most unread answers to requests of one stream; a client that asks on and never reads loses the stream.</summary>
    public int AnswersMax { get; init; } = 200_000;

    /// <summary>The bytes above which a message is cut into pieces for watches that want that.</summary>
    public int FragmentBytes { get; init; } = 1536 * 1024;

    /// <summary>How many writes of the history are read in one go.</summary>
    public int ScanMax { get; init; } = 4096;

    /// <summary>A message of old events is closed at the first revision behind this many bytes.</summary>
    public int MessageBytes { get; init; } = 1 << 20;

    /// <summary>What is applied in one go is told together, until it has this many bytes.</summary>
    public int TogetherBytes { get; init; } = 16 << 10;

    /// <summary>What is applied in one go is told together, until it is this many events, one for each watch.</summary>
    public int TellingsMax { get; init; } = 65_536;

    /// <summary>The bytes that an event is taken to cost beside its keys and values.</summary>
    public int EventOverhead { get; init; } = 48;
}
