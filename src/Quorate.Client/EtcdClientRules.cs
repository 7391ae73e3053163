namespace Quorate.Client;

/// <summary>What must hold of a client's options.</summary>
internal static class EtcdClientRules
{
    private const int EndpointsMax = 64;

    /// <summary>Everything that is wrong, one sentence each.</summary>
    /// <param name="options">The options.</param>
    public static IReadOnlyList<string> Violations(EtcdClientOptions options)
    {
        var found = new List<string>();
        CheckEndpoints(options, found);
        CheckIdentity(options, found);
        Between(found, nameof(options.CallTimeout), options.CallTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        Between(found, nameof(options.SilenceMax), options.SilenceMax, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1));
        Between(found, nameof(options.BackoffMax), options.BackoffMax, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1));
        Between(found, nameof(options.MessageBytesMax), options.MessageBytesMax, 64 << 10, 1 << 30);
        Between(found, nameof(options.CallsMax), options.CallsMax, 1, 65_536);
        Between(found, nameof(options.WatchStreamsMax), options.WatchStreamsMax, 1, 65_536);
        return found;
    }

    private static void CheckEndpoints(EtcdClientOptions options, List<string> found)
    {
        if (options.Endpoints.Count is < 1 or > EndpointsMax)
            found.Add($"There must be 1 to {EndpointsMax} endpoints, not {options.Endpoints.Count}.");
        var seen = new HashSet<Uri>();
        foreach (var text in options.Endpoints)
        {
            if (!EndpointAddress.TryParse(text, options.Tls is not null, out var address))
                found.Add($"'{text}' is not an endpoint: expected HOST:PORT, http://HOST:PORT or https://HOST:PORT.");
            else if (!seen.Add(address))
                found.Add($"The endpoint {address.Authority} is named twice.");
            else if (address.Scheme == Uri.UriSchemeHttp && options.Tls is not null)
                found.Add($"The endpoint '{text}' is without TLS, for which there are settings.");
            else if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback && !options.AllowInsecure)
                found.Add($"{address.Authority} is not a loopback address: use TLS, or allow insecure connections.");
        }
    }

    private static void CheckIdentity(EtcdClientOptions options, List<string> found)
    {
        if (string.IsNullOrEmpty(options.User) != string.IsNullOrEmpty(options.Password))
            found.Add("A user and a password are given together or not at all.");
        if (options.Tls is not { } tls)
            return;
        if (tls.CertificateFile is null != tls.KeyFile is null)
            found.Add("The file of the certificate and that of its key are given together or not at all.");
        foreach (var file in new[] { tls.AuthorityFile, tls.CertificateFile, tls.KeyFile })
        {
            if (file is not null && !File.Exists(file))
                found.Add($"There is no file '{file}'.");
        }
    }

    private static void Between<T>(List<string> found, string name, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            found.Add($"{name} must be from {least} to {most}, not {value}.");
    }
}
