using System.Globalization;
using System.Text;
using Quorate.Kernel.Machines;

namespace Quorate.Cli.Lab.Messaging;

/// <summary>
/// Carries words between machines as datagrams: they may be lost, doubled and overtaken. A question has a number, so that its answer finds
/// back; nothing is sent again on its own.
/// </summary>
internal sealed class Courier
{
    /// <summary>The port of every courier.</summary>
    public const int Port = 7000;

    // A machine that restarts must not take an answer to a question of its life before for one of this life.
    private const long NumbersOfALife = 1L << 24;
    private readonly Dictionary<long, TaskCompletionSource<string?>> open = [];
    private readonly IMachine machine;
    private readonly IDatagramSocket socket;
    private long lastNumber;

    private Courier(IMachine machine, IDatagramSocket socket)
    {
        (this.machine, this.socket) = (machine, socket);
        lastNumber = machine.Random.NextInt64(1L << 32) * NumbersOfALife;
    }

    /// <summary>Opens the courier of a machine.</summary>
    public static async Task<Courier> OpenAsync(IMachine machine) =>
        new(machine, await machine.Network.BindAsync(new NetworkAddress(machine.Name, Port)));

    /// <summary>Sends words that nobody answers.</summary>
    public void Tell(string to, string words) => Send(to, words);

    /// <summary>Asks, and waits for the answer; null when none came in time.</summary>
    public async Task<string?> AskAsync(string to, string words, TimeSpan patience)
    {
        var number = ++lastNumber;
        var answer = new TaskCompletionSource<string?>();
        open.Add(number, answer);
        Send(to, string.Create(CultureInfo.InvariantCulture, $"?{number} {words}"));
        using var timer = machine.Clock.CreateTimer(_ => answer.TrySetResult(null), null, patience, Timeout.InfiniteTimeSpan);
        var given = await answer.Task;
        open.Remove(number);
        return given;
    }

    /// <summary>Answers a question.</summary>
    public void Answer(in Letter letter, string words) =>
        Send(letter.From, string.Create(CultureInfo.InvariantCulture, $"={letter.Number} {words}"));

    /// <summary>Hands over what arrives, until the machine ends.</summary>
    public async Task ServeAsync(Action<Letter> take)
    {
        while (true)
        {
            var datagram = await socket.ReceiveAsync();
            var text = Encoding.UTF8.GetString(datagram.Payload.Span);
            var (mark, number, words) = Parse(text);
            if (mark == '=' && open.TryGetValue(number, out var answer))
                answer.TrySetResult(words);
            else if (mark != '=')
                take(new Letter(datagram.From.Host, number, words));
        }
    }

    /// <summary>The words of a message as it was sent.</summary>
    public static string WordsOf(string text) => Parse(text).Words;

    private static (char Mark, long Number, string Words) Parse(string text)
    {
        if (text.Length == 0 || text[0] is not ('?' or '='))
            return (' ', 0, text);
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return (text[0], long.Parse(text.AsSpan(1, space - 1), CultureInfo.InvariantCulture), text[(space + 1)..]);
    }

    private void Send(string to, string text) => socket.Send(new NetworkAddress(to, Port), Encoding.UTF8.GetBytes(text));
}

/// <summary>Words that arrived.</summary>
/// <param name="From">From which machine.</param>
/// <param name="Number">The number of a question; 0 where nobody waits for an answer.</param>
/// <param name="Words">The words.</param>
internal readonly record struct Letter(string From, long Number, string Words)
{
    /// <summary>The words, one by one.</summary>
    public string[] Parts => Words.Split(' ');
}
