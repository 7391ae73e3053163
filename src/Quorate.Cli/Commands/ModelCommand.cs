using System.CommandLine;
using Quorate.Checking.ModelChecking;
using Quorate.Cli.Drawing;
using Quorate.Cli.Models;
using Quorate.Cli.Models.Raft;
using Quorate.Cli.Nodes;

namespace Quorate.Cli.Commands;

/// <summary><c>quorate model</c>: visits every state of a protocol at small size.</summary>
internal static class ModelCommand
{
    private const int ExitBadInput = 3;
    private const int ExitCancelled = 130;
    private const int MebibytesDefault = 1024;
    private const int MembersMax = 6;
    private const int CountMax = 100;
    private const string Coordinator = "coordinator";

    private static readonly Option<bool> DepthFirst = new("--dfs")
    {
        Description = "Deepest first: less memory, and a path that is not the shortest.",
        Recursive = true,
    };

    private static readonly Option<int> Memory =
        Count("--memory", "MiB that the checker takes at most; beyond it the verdict is unknown.", MebibytesDefault, "MIB");

    private static readonly Option<int> MaxStates =
        Count("--max-states", "States at most; beyond it the verdict is unknown.", new ModelOptions().StatesMax, "N");

    private static readonly Option<int> Fingerprint = Count("--fingerprint", "Bits kept of each state: 64 or 128.", 128, "BITS");

    private static readonly Option<string?> Html = new("--html")
    {
        Description = "Writes a page that draws the counterexample.",
        HelpName = "FILE",
        Recursive = true,
    };

    internal static Command Create()
    {
        foreach (var option in (Option[])[Memory, MaxStates, Fingerprint])
            option.Recursive = true;
        var command = new Command(
            "model",
            "Visits every state of a protocol at small size. The first word of the output is the verdict: holds (exit code 0), violated (1) "
            + "or unknown (2). A flag that is wrong exits with 3. Progress goes to standard error.")
        {
            DepthFirst, Memory, MaxStates, Fingerprint, Html,
        };
        Command[] models = [Raft(), TwoPhaseCommit(), AlternatingBit(), Peterson(), Philosophers()];
        var list = new Command("list", "Lists the models.");
        list.SetAction(_ => List(models));
        command.Subcommands.Add(list);
        foreach (var model in models)
            command.Subcommands.Add(model);
        return command;
    }

    private static int List(Command[] models)
    {
        foreach (var model in models)
            Console.WriteLine($"{model.Name,-18} {model.Description}");
        return 0;
    }

    private static Command Raft()
    {
        var servers = Count("--servers", "How many servers.", 3, "N");
        var terms = Count("--terms", "The last term.", 2, "N");
        var commands = Count("--commands", "How many commands are proposed in all.", 1, "N");
        var crashes = Count("--crashes", "How many crashes there are in all.", 1, "N");
        var candidates = Count("--candidates", "How many servers ever stand for election; by default all.", 0, "N");
        var slowDisk = Flag("--slow-disk", "Other things happen while a write is under way.");
        var noSymmetry = Flag("--no-symmetry", "Visits also states that differ only in the servers' names; a path then never mixes names.");
        var liveness = Flag(
            "--liveness",
            "A leader must come, if all goes on; with one candidate, all commands are committed. Implies --no-symmetry.");
        var bug = new Option<string?>("--bug")
        {
            Description = "Wrong on purpose: forgotten-vote (a restart forgets it) or early-acknowledgement (before the entry is on disk).",
            HelpName = "BUG",
        };
        var command = new Command("raft", "The Raft core that ships: elections, replication, crashes; figure 3's properties.")
        {
            servers, terms, commands, crashes, candidates, slowDisk, noSymmetry, liveness, bug,
        };
        return Runs(command, line =>
        {
            var most = In(line, servers, 1, MembersMax);
            var stand = In(line, candidates, 0, most);
            var bounds = new RaftModelBounds(
                most,
                In(line, terms, 1, CountMax),
                In(line, commands, 0, CountMax),
                In(line, crashes, 0, CountMax),
                line.GetValue(slowDisk),
                Symmetry: !line.GetValue(noSymmetry),
                Bug: BugNamed(line.GetValue(bug)),
                Candidates: stand == 0 ? most : stand,
                Liveness: line.GetValue(liveness));
            var model = new RaftModel(bounds);
            var size = $"raft of {most} servers, {bounds.Terms} terms, {bounds.Commands} commands, {bounds.Crashes} crashes";
            var whole = new ModelReduction(() => model.Represented, () => new RaftModel(bounds with { Symmetry = false }));
            return new ModelRun(size, model, Named("n", most), bounds.IsReduced ? whole : null);
        });
    }

    private static PlantedBug BugNamed(string? name) => name switch
    {
        null => PlantedBug.None,
        "forgotten-vote" => PlantedBug.ForgottenVote,
        "early-acknowledgement" => PlantedBug.EarlyAcknowledgement,
        _ => throw new UsageException($"there is no bug '{name}'; there are forgotten-vote and early-acknowledgement"),
    };

    private static Command TwoPhaseCommit()
    {
        var participants = Count("--participants", "How many participants.", 3, "N");
        var stop = Flag("--coordinator-stops", "The coordinator may stop for ever before it has decided.");
        var liveness = Flag("--liveness", "Everyone must decide in the end. Without this, participants that are alike are renamed.");
        var command = new Command("two-phase-commit", "Atomic commit by a coordinator: nobody commits where another aborts.")
        {
            participants, stop, liveness,
        };
        return Runs(command, line =>
        {
            var count = In(line, participants, 1, MembersMax);
            var model = new TwoPhaseCommitModel(count, line.GetValue(stop), line.GetValue(liveness));
            if (line.GetValue(liveness))
                return new ModelRun($"two-phase commit of {count}", model, [Coordinator, .. Named("p", count)]);
            var reduced = new ReducedModel(model, count, TwoPhaseCommitModel.Rename);
            return new ModelRun(
                $"two-phase commit of {count}",
                reduced,
                [Coordinator, .. Named("p", count)],
                new ModelReduction(() => reduced.Represented, () => model));
        });
    }

    private static Command AlternatingBit()
    {
        var noBit = Flag("--no-bit", "The receiver ignores the bit: wrong on purpose.");
        var unfair = Flag("--weak", "The channel is weakly fair only: it may lose every message.");
        return Runs(
            new Command("alternating-bit", "Messages in order, once each, over a channel that loses; they go on arriving.") { noBit, unfair },
            line => new ModelRun(
                "alternating bit",
                new AlternatingBitModel(!line.GetValue(noBit), line.GetValue(unfair) ? Fairness.Weak : Fairness.Strong),
                ["sender", "receiver"]));
    }

    private static Command Peterson()
    {
        var turnFirst = Flag("--turn-first", "The turn is given away before the flag is raised: wrong on purpose.");
        var unfair = Flag("--unfair", "A process may stop anywhere.");
        return Runs(
            new Command("peterson", "Mutual exclusion of two processes by reads and writes; who wants in comes in.") { turnFirst, unfair },
            line => new ModelRun("Peterson's mutual exclusion", new PetersonModel(line.GetValue(turnFirst), !line.GetValue(unfair)), Named("p", 2)));
    }

    private static Command Philosophers()
    {
        var count = Count("--count", "How many.", 5, "N");
        var ordered = Flag("--ordered", "Everyone takes the fork with the smaller number first.");
        var liveness = Flag("--liveness", "Who holds a fork must eat in the end.");
        return Runs(
            new Command("philosophers", "Dining philosophers: without an order of forks they starve in a circle.") { count, ordered, liveness },
            line => new ModelRun(
                $"{line.GetValue(count)} philosophers",
                new PhilosophersModel(In(line, count, 2, CountMax), line.GetValue(ordered), liveness: line.GetValue(liveness)),
                Named("p", line.GetValue(count))));
    }

    private static Command Runs(Command command, Func<ParseResult, ModelRun> create)
    {
        command.SetAction((line, cancellationToken) =>
        {
            try
            {
                return Task.FromResult(create(line).Run(Options(line), line.GetValue(Html) is { } file ? Draw(line, file) : null, cancellationToken));
            }
            catch (UsageException e)
            {
                Console.Error.WriteLine($"error: {e.Message}");
                return Task.FromResult(ExitBadInput);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"error: {e.Message}");
                return Task.FromResult(ExitBadInput);
            }
            catch (OutOfMemoryException)
            {
                Console.WriteLine("unknown: out of memory");
                return Task.FromResult((int)ModelOutcome.Unknown);
            }
            catch (OperationCanceledException)
            {
                return Task.FromResult(ExitCancelled);
            }
        });
        return command;
    }

    private static Action<string, ModelVerdict, IModel, IReadOnlyList<string>> Draw(ParseResult line, string file)
    {
        var words = line.Tokens.Select(t => t.Value).Where(w => w != Html.Name && w != file);
        var command = $"./quorate {string.Join(' ', words)}";
        return (name, verdict, model, lanes) => PageFile.Write(file, ModelPage.Of(name, command, verdict, model, lanes));
    }

    private static string[] Named(string prefix, int count) =>
        [.. Enumerable.Range(1, count).Select(i => FormattableString.Invariant($"{prefix}{i}"))];

    private static ModelOptions Options(ParseResult line)
    {
        var bits = line.GetValue(Fingerprint);
        if (bits is not (64 or 128))
            throw new UsageException("--fingerprint must be 64 or 128");
        return new ModelOptions
        {
            Order = line.GetValue(DepthFirst) ? ModelOrder.DepthFirst : ModelOrder.BreadthFirst,
            Fingerprint = bits == 64 ? FingerprintSize.Bits64 : FingerprintSize.Bits128,
            StatesMax = In(line, MaxStates, 1, 1_000_000_000),
            MemoryBytesMax = (long)In(line, Memory, 1, 1 << 20) << 20,
        };
    }

    private static int In(ParseResult line, Option<int> option, int least, int most)
    {
        var value = line.GetValue(option);
        return value >= least && value <= most ? value : throw new UsageException($"{option.Name} must be from {least} to {most}");
    }

    private static Option<int> Count(string name, string description, int usual, string help) =>
        new(name) { Description = description, DefaultValueFactory = _ => usual, HelpName = help };

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description };
}
