using Quorate.Kernel.Machines;

namespace Quorate.Runtime.Certificates;

/// <summary>Certificates in PEM files that are replaced while the process runs.</summary>
/// <remarks>
/// Guarantee: a handshake that begins a second or more after the files were replaced uses what they hold now. Connections that are open stay
/// as they are. Files that are half written, do not belong together, or hold a certificate that is not valid yet leave what was in use, and are
/// looked at again.
/// Cost: at most once a second, and only when there is a handshake, the files are read.
/// Fails when: the files cannot be read at the start. Later a failure that lasts is told, once, and what was in use goes on.
/// </remarks>
public sealed class CertificateFiles : ICertificateSource
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WarnBefore = TimeSpan.FromDays(7);

    private readonly CertificatePaths paths;
    private readonly TimeProvider time;
    private readonly Action<Severity, string> tell;
    private readonly Lock gate = new();

    // Guarded by the gate; `current` is read without it.
    private volatile CertificateSet current;
    private byte[][] bytes;
    private long lookedAt;
    private string? failure;
    private bool failureWasTold;
    private DateTimeOffset warnedOf;

    /// <summary>Reads the files.</summary>
    /// <param name="paths">Where they are.</param>
    /// <param name="time">The time.</param>
    /// <param name="tell">Gets what happens to them, from any thread: new ones, such that cannot be used, and those that will soon expire.</param>
    /// <exception cref="IOException">They cannot be read, or do not belong together.</exception>
    public CertificateFiles(CertificatePaths paths, TimeProvider time, Action<Severity, string> tell)
    {
        this.paths = paths;
        this.time = time;
        this.tell = tell;
        bytes = paths.ReadAll();
        current = paths.Parse(bytes);
        lookedAt = time.GetTimestamp();
        WarnOfExpiry();
    }

    /// <inheritdoc/>
    public CertificateSet Current
    {
        get
        {
            // Who comes while another looks takes what there is.
            if (!gate.TryEnter())
                return current;
            try
            {
                if (time.GetElapsedTime(lookedAt) >= LookEvery)
                    Look();
            }
            finally
            {
                gate.Exit();
            }

            return current;
        }
    }

    private void Look()
    {
        lookedAt = time.GetTimestamp();
        try
        {
            var now = paths.ReadAll();
            if (!Same(now, bytes))
                Take(paths.Parse(now), now);
            failure = null;
            failureWasTold = false;
        }
        catch (IOException e)
        {
            Note(e.Message);
        }

        WarnOfExpiry();
    }

    private void Take(CertificateSet next, byte[][] read)
    {
        if (!IsValid(next) && IsValid(current))
            throw new IOException(
                $"the certificate {paths.Certificate} is valid from {next.Own.NotBefore.ToUniversalTime():u} to "
                + $"{next.Own.NotAfter.ToUniversalTime():u}, which is not now");
        current = next;
        bytes = read;
        tell(Severity.Information, $"new certificates of {paths.Certificate}, valid until {next.Own.NotAfter.ToUniversalTime():u}");
    }

    // Two files are never replaced in one step: only what fails at two looks in a row is told.
    private void Note(string why)
    {
        if (failure == why && !failureWasTold)
        {
            tell(Severity.Warning, $"{why}; the certificates from before stay in use");
            failureWasTold = true;
        }
        else if (failure != why)
        {
            failure = why;
            failureWasTold = false;
        }
    }

    private void WarnOfExpiry()
    {
        var end = new DateTimeOffset(current.Own.NotAfter);
        if (end == warnedOf || end - time.GetUtcNow() > WarnBefore)
            return;
        warnedOf = end;
        var verb = end < time.GetUtcNow() ? "expired" : "expires";
        tell(Severity.Warning, $"the certificate {paths.Certificate} {verb} at {end.ToUniversalTime():u}");
    }

    private bool IsValid(CertificateSet set) =>
        new DateTimeOffset(set.Own.NotBefore) <= time.GetUtcNow() && time.GetUtcNow() < new DateTimeOffset(set.Own.NotAfter);

    private static bool Same(byte[][] a, byte[][] b) => a.Zip(b).All(static pair => pair.First.AsSpan().SequenceEqual(pair.Second));
}
