using Quorate.Client;
using Quorate.Services.Recipes;

namespace Quorate.Hosting;

/// <summary>Describes the cluster of other processes that an application is a client of.</summary>
public sealed class QuorateClientBuilder
{
    private readonly List<string> endpoints = [];
    private string name = "";
    private string? user;
    private string? password;
    private EtcdTls? tls;
    private bool allowInsecure;
    private TimeSpan callTimeout = TimeSpan.FromSeconds(5);
    private TimeSpan silenceMax = TimeSpan.FromSeconds(1);
    private RecipeOptions recipes = new();

    /// <summary>Names this client, for people who look at sessions in the store. Default: the machine's name.</summary>
    /// <param name="value">At most 256 bytes.</param>
    public QuorateClientBuilder Named(string value) => Set(ref name, value);

    /// <summary>Where the members of the cluster serve their clients: name all of them. Required.</summary>
    /// <param name="addresses">Each HOST:PORT, http://HOST:PORT or https://HOST:PORT.</param>
    public QuorateClientBuilder Endpoints(params string[] addresses)
    {
        endpoints.AddRange(addresses);
        return this;
    }

    /// <summary>As whom calls are made. Default: as nobody.</summary>
    /// <param name="name">The user's name.</param>
    /// <param name="password">The user's password.</param>
    public QuorateClientBuilder User(string name, string password)
    {
        (user, this.password) = (name, password);
        return this;
    }

    /// <summary>Certificates for the connections. Default: no TLS, which only loopback addresses may do.</summary>
    /// <param name="options">The files.</param>
    public QuorateClientBuilder Tls(EtcdTls options) => Set(ref tls, options);

    /// <summary>
    /// Lets the client reach endpoints elsewhere than on loopback without TLS: whoever is on the way can read and change everything.
    /// </summary>
    public QuorateClientBuilder AllowInsecure() => Set(ref allowInsecure, true);

    /// <summary>How long a call is waited for, with all that is tried for it. Default 5 s.</summary>
    /// <param name="value">From 100 ms to 10 minutes.</param>
    public QuorateClientBuilder CallTimeout(TimeSpan value) => Set(ref callTimeout, value);

    /// <summary>How long an endpoint may answer nothing before another one is tried. Default 1 s.</summary>
    /// <param name="value">From 50 ms to 1 minute.</param>
    public QuorateClientBuilder SilenceMax(TimeSpan value) => Set(ref silenceMax, value);

    /// <summary>The settings of locks, elections and the other recipes. Default: sessions of 10 s.</summary>
    /// <param name="options">The settings.</param>
    public QuorateClientBuilder Recipes(RecipeOptions options) => Set(ref recipes, options);

    /// <summary>The settings of the recipes.</summary>
    internal RecipeOptions RecipeOptions => recipes;

    /// <summary>The client's name.</summary>
    internal string Name => name.Length > 0 ? name : Environment.MachineName;

    /// <summary>The options of the client that was described.</summary>
    internal EtcdClientOptions Build() => new()
    {
        Endpoints = endpoints,
        User = user,
        Password = password,
        Tls = tls,
        AllowInsecure = allowInsecure,
        CallTimeout = callTimeout,
        SilenceMax = silenceMax,
    };

    /// <summary>Everything that is wrong with the description, one sentence each.</summary>
    internal IReadOnlyList<string> Violations()
    {
        try
        {
            (recipes with { Owner = Name }).Validate();
            return Build().Violations();
        }
        catch (ArgumentException e)
        {
            return [e.Message];
        }
    }

    private QuorateClientBuilder Set<T>(ref T field, T value)
    {
        field = value;
        return this;
    }
}
