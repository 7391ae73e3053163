using System.Buffers;
using System.IO.Pipelines;
using Quorate.Client.Grpc;

namespace Quorate.Benchmarks.Coordination;

/// <summary>Takes the messages of a stream one by one, at little cost.</summary>
internal static class AnswerReader
{
    private const int MessageBytesMax = 64 << 20;
    private const int BufferBytes = 256 << 10;

    /// <summary>Gives each message to <paramref name="take"/>, until that says that it was the last or the stream ends.</summary>
    public static async Task ReadAsync(Stream stream, Func<ReadOnlySequence<byte>, bool> take)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferBytes));
        while (true)
        {
            var read = await reader.ReadAsync();
            var (buffer, goesOn) = (read.Buffer, true);
            while (goesOn && GrpcFrame.TryRead(ref buffer, MessageBytesMax, null, out var message))
                goesOn = take(message);
            if (!goesOn || read.IsCompleted)
                return;
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
