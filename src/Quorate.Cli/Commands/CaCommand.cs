using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Quorate.Cli.Authorities;
using Quorate.Cli.Nodes;

namespace Quorate.Cli.Commands;

/// <summary><c>quorate ca</c>: an authority of a cluster's own, for the certificates of nodes and clients.</summary>
internal sealed class CaCommand
{
    private const int DaysMax = 36_500;
    private const int NameMax = 63;
    private const int HostMax = 253;

    private readonly Option<string> folder = new("--folder")
    {
        Description = "The authority's folder.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "quorate-ca",
    };

    private readonly Option<string> authorityName = new("--name") { Description = "The authority's name.", HelpName = "NAME" };
    private readonly Option<int> authorityDays = Days(3650);
    private readonly Argument<string> name = new("NAME")
    {
        Description = "Who it names: a node's --name, or the user that a client is.",
    };

    private readonly Option<string[]> hosts = new("--host")
    {
        Description = "Where a server with it is reached, by name or address. Default: localhost, 127.0.0.1 and ::1.",
        HelpName = "HOST,…",
    };

    private readonly Option<bool> client = new("--client") { Description = "For a client only: no server can use it." };
    private readonly Option<bool> renew = new("--renew")
    {
        Description = "Replaces the certificate and key of the same name; a node that runs takes them up.",
    };
    private readonly Option<int> days = Days(365);

    private CaCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var self = new CaCommand();
        return new Command(
            "ca",
            "Makes certificates for the nodes and clients of a cluster. Keys stay in the folder, readable by their owner only. "
            + "Exit codes: 0 done; 1 the folder cannot be read or written; 3 the command line is wrong.")
        {
            self.Verb("init", "Makes the authority: ca.pem, which nodes and clients shall trust, and ca.key, which nobody else shall have.",
                self.Init, self.authorityName, self.authorityDays),
            self.Verb("issue", "Issues NAME.pem and NAME.key, for a node or a client.",
                self.Issue, self.name, self.hosts, self.client, self.renew, self.days),
            self.Verb("list", "Lists the folder's certificates and when they expire.", self.List),
            self.Verb("roll",
                "Gives the authority a successor, and puts both into ca.pem. "
                + "Bring ca.pem to every node and client, then issue all certificates anew, then retire.",
                self.Roll, self.authorityName, self.authorityDays),
            self.Verb("retire", "Takes the predecessors of a roll out of ca.pem. What they issued is then trusted no longer.", self.Retire),
        };
    }

    private static Option<int> Days(int otherwise) => new("--days")
    {
        Description = "How many days it is valid.",
        HelpName = "N",
        DefaultValueFactory = _ => otherwise,
    };

    private Command Verb(string verb, string description, Action<ParseResult, AuthorityFolder> run, params Symbol[] symbols)
    {
        var command = new Command(verb, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Arguments.Add(argument);
            else
                command.Options.Add((Option)symbol);
        }

        command.Options.Add(folder);
        command.SetAction((line, _) => NodeErrors.RunAsync(() =>
        {
            run(line, new AuthorityFolder(Path.GetFullPath(line.GetValue(folder)!)));
            return Task.FromResult(0);
        }));
        return command;
    }

    private void Init(ParseResult line, AuthorityFolder authority)
    {
        var end = authority.Create(line.GetValue(authorityName) ?? "quorate", Now, Life(line.GetValue(authorityDays)));
        Console.WriteLine($"authority in {line.GetValue(folder)}, valid until {Day(end)}");
    }

    private void Roll(ParseResult line, AuthorityFolder authority)
    {
        var end = authority.Roll(line.GetValue(authorityName), Now, Life(line.GetValue(authorityDays)));
        Console.WriteLine($"successor in {line.GetValue(folder)}, valid until {Day(end)}; ca.pem holds both");
    }

    private void Retire(ParseResult line, AuthorityFolder authority) =>
        Console.WriteLine($"taken out of {Path.Combine(line.GetValue(folder)!, "ca.pem")}: {authority.Retire()}");

    private void Issue(ParseResult line, AuthorityFolder authority)
    {
        var own = line.GetValue(name)!;
        if (!IsHost(own) || own.Length > NameMax || own.Contains('*'))
            throw new UsageException($"The name '{own}' must be 1 to {NameMax} letters, digits, dots, hyphens and underscores.");
        var end = authority.Issue(
            own, Hosts(line), line.GetValue(client), line.GetValue(renew), Now, Life(line.GetValue(days)));
        Console.WriteLine($"{Path.Combine(line.GetValue(folder)!, own)}.pem and .key, valid until {Day(end)}");
    }

    private void List(ParseResult line, AuthorityFolder authority)
    {
        foreach (var (file, one) in authority.List())
        {
            using (one)
            {
                var state = Now > one.NotAfter ? "expired" : "expires";
                Console.WriteLine($"{file,-24} {one.GetNameInfo(X509NameType.SimpleName, forIssuer: false),-24} {state} {Day(one.NotAfter)}");
            }
        }
    }

    private string[] Hosts(ParseResult line)
    {
        var given = (line.GetValue(hosts) ?? [])
            .SelectMany(h => h.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToArray();
        if (line.GetValue(client))
            return given.Length == 0 ? [] : throw new UsageException("--host is for servers; --client is a certificate for none.");
        foreach (var bad in given.Where(h => !IPAddress.TryParse(h, out _) && !IsHost(h)))
            throw new UsageException($"--host '{bad}' is no host name and no address.");
        return given.Length == 0 ? ["localhost", "127.0.0.1", "::1"] : given;
    }

    private static bool IsHost(string text) =>
        text.Length is >= 1 and <= HostMax
        && text[0] is not ('.' or '-')
        && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '*');

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static TimeSpan Life(int days) => days is >= 1 and <= DaysMax
        ? TimeSpan.FromDays(days)
        : throw new UsageException($"--days must be 1 to {DaysMax}, not {days}.");

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
