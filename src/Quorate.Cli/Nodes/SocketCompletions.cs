namespace Quorate.Cli.Nodes;

/// <summary>Where what waits for a socket goes on in this process.</summary>
internal static class SocketCompletions
{
    private const string Switch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// On the thread that polls the sockets, instead of the thread pool. That suits a process in which nothing blocks on it, as all here; an
    /// application that embeds a node decides for itself. Saves a thread wake-up a message: a put that is alone in flight costs the
    /// cluster 1.5 ms of CPU instead of 2.2 (under load, three processes on two cores). Must be called before the first socket; the runtime has only an
    /// environment variable for it, and one that the user set stands.
    /// </summary>
    public static void RunInline()
    {
        if (Environment.GetEnvironmentVariable(Switch) is null)
            Environment.SetEnvironmentVariable(Switch, "1");
    }
}
