using Quorate.Kernel.Machines;
using Quorate.Runtime.Certificates;

namespace Quorate.Cli.Nodes;

/// <summary>Certificates as the command line names them: PEM files, which may be replaced while the node runs.</summary>
internal static class Certificates
{
    /// <summary>Reads the files of one kind of connection.</summary>
    /// <param name="prefix">What the flags begin with, for messages.</param>
    /// <param name="cert">The certificate's file, or null.</param>
    /// <param name="key">The private key's file, or null.</param>
    /// <param name="ca">The authorities' file, or null.</param>
    /// <param name="tell">Gets what happens to the files later.</param>
    /// <returns>Null when no flag is given.</returns>
    /// <exception cref="UsageException">Only some of the flags are given, or a file cannot be read.</exception>
    public static CertificateFiles? Read(string prefix, string? cert, string? key, string? ca, Action<Severity, string> tell)
    {
        if (cert is null && key is null && ca is null)
            return null;
        if (cert is null || key is null)
            throw new UsageException($"--{prefix}cert and --{prefix}key must be given together.");
        try
        {
            return new CertificateFiles(new CertificatePaths(cert, key, ca), TimeProvider.System, tell);
        }
        catch (IOException e)
        {
            throw new UsageException(e.Message);
        }
    }
}
