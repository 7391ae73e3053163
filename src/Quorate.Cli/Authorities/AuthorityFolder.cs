using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Quorate.Cli.Nodes;

namespace Quorate.Cli.Authorities;

/// <summary>The folder of an authority: <c>ca.pem</c>, whom nodes shall trust; <c>ca.key</c>; and what it issued.</summary>
/// <remarks>
/// Guarantee: a file is replaced in one step, and its bytes are on the disk before; keys can be read by their owner only. Nothing is overwritten
/// without being asked for.
/// Fails when: the folder cannot be written (<see cref="IOException"/>), or is not an authority's (<see cref="UsageException"/>).
/// </remarks>
/// <param name="folder">The folder.</param>
internal sealed class AuthorityFolder(string folder)
{
    private const string Authority = "ca";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode ForAll = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Makes the authority.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="now">The time.</param>
    /// <param name="life">How long it is valid.</param>
    /// <exception cref="UsageException">There is one.</exception>
    public DateTimeOffset Create(string name, DateTimeOffset now, TimeSpan life)
    {
        if (File.Exists(Certificate(Authority)) || File.Exists(Key(Authority)))
            throw new UsageException($"{folder} has an authority: 'roll' gives it a successor.");
        Directory.CreateDirectory(folder);
        var made = CertificateAuthority.Create(name, now, life);
        Write(Authority, made.Certificate + "\n", made.Key);
        return made.NotAfter;
    }

    /// <summary>Gives the authority a successor that issues from now on. Whoever trusts the new <c>ca.pem</c> trusts both.</summary>
    /// <param name="name">The successor's common name, or null for the same.</param>
    /// <param name="now">The time.</param>
    /// <param name="life">How long it is valid.</param>
    public DateTimeOffset Roll(string? name, DateTimeOffset now, TimeSpan life)
    {
        using var last = Load();
        var made = CertificateAuthority.Create(name ?? last.GetNameInfo(X509NameType.SimpleName, forIssuer: false), now, life);
        // Trust comes first: a key that nobody trusts yet must not issue, should this stop between the two.
        Put(Certificate(Authority), made.Certificate + "\n" + File.ReadAllText(Certificate(Authority)), ForAll);
        Put(Key(Authority), made.Key, OwnerOnly);
        return made.NotAfter;
    }

    /// <summary>Takes the predecessors out of <c>ca.pem</c>.</summary>
    /// <returns>How many there were.</returns>
    public int Retire()
    {
        using var now = Load();
        var trusted = Trusted();
        Put(Certificate(Authority), now.ExportCertificatePem() + "\n", ForAll);
        return trusted.Count - 1;
    }

    /// <summary>Issues a certificate; its files have its name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="hosts">Where a server with it is reached.</param>
    /// <param name="clientOnly">Whether it is for a client only.</param>
    /// <param name="renew">Whether it replaces one of the same name.</param>
    /// <param name="now">The time.</param>
    /// <param name="life">How long it is valid.</param>
    public DateTimeOffset Issue(string name, IReadOnlyList<string> hosts, bool clientOnly, bool renew, DateTimeOffset now, TimeSpan life)
    {
        if (name == Authority)
            throw new UsageException($"'{Authority}' is the name of the authority's own files.");
        if (!renew && (File.Exists(Certificate(name)) || File.Exists(Key(name))))
            throw new UsageException($"{Certificate(name)} is there; --renew replaces it.");
        using var authority = new CertificateAuthority(Load());
        var issued = authority.Issue(name, hosts, clientOnly, now, life);
        Write(name, issued.Certificate + "\n", issued.Key);
        return issued.NotAfter;
    }

    /// <summary>Every certificate of the folder, by its file's name.</summary>
    public IEnumerable<(string File, X509Certificate2 Certificate)> List()
    {
        Load().Dispose();
        foreach (var path in Directory.EnumerateFiles(folder, "*.pem").Order(StringComparer.Ordinal))
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(path);
            foreach (var one in all)
                yield return (Path.GetFileName(path), one);
        }
    }

    private X509Certificate2Collection Trusted()
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(Certificate(Authority));
        return all;
    }

    // The key's certificate is the first, unless a roll stopped midway: then it is the next.
    private X509Certificate2 Load()
    {
        if (!File.Exists(Certificate(Authority)) || !File.Exists(Key(Authority)))
            throw new UsageException($"{folder} is no authority's folder: 'quorate ca init --folder {folder}' makes one.");
        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(Key(Authority)));
            var point = key.ExportSubjectPublicKeyInfo();
            var own = Trusted().FirstOrDefault(c => c.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(point));
            return own?.CopyWithPrivateKey(key)
                ?? throw new IOException($"{Key(Authority)} is the key of no certificate in {Certificate(Authority)}");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new IOException($"cannot read the authority in {folder}: {e.Message}", e);
        }
    }

    private string Certificate(string name) => Path.Combine(folder, $"{name}.pem");

    private string Key(string name) => Path.Combine(folder, $"{name}.key");

    private void Write(string name, string certificate, string key)
    {
        Put(Key(name), key, OwnerOnly);
        Put(Certificate(name), certificate, ForAll);
    }

    private static void Put(string path, string text, UnixFileMode mode)
    {
        var written = path + ".new";
        File.Delete(written);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        using (var file = new FileStream(written, options))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(written, path, overwrite: true);
    }
}
