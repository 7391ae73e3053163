using FsCheck;
using FsCheck.Fluent;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Models;

namespace Quorate.Tests.Checking.Linearizability;

/// <summary>
/// Small histories made of whatever numbers come: a failure shrinks to the few operations that matter, which the random histories of
/// <see cref="LinearizabilityCheckerTests"/>, made by a running object, do not.
/// </summary>
public sealed class LinearizabilityPropertyTests
{
    private const int OperationsMax = 6;

    [Fact]
    public void The_verdict_is_that_of_the_definition() => Prop.ForAll<RegisterCase[]>(cases =>
    {
        var history = ToHistory(cases);
        return (LinearizabilityChecker.Check(history, new RegisterModel(compareAndSet: true)).Outcome == CheckOutcome.Valid)
            == BruteForce.IsLinearizable(history);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Fact]
    public void A_failure_shrinks_to_the_one_operation_that_saw_what_nobody_wrote()
    {
        var runner = new Shrunk();
        Prop.ForAll<RegisterCase[]>(cases =>
                LinearizabilityChecker.Check(ToHistory(cases), new RegisterModel(compareAndSet: true)).Outcome == CheckOutcome.Valid)
            .Check(Config.Quick.WithMaxTest(1_000).WithRunner(runner));
        var smallest = Assert.IsType<RegisterCase[]>(Assert.Single(runner.Smallest));
        Assert.Contains(Assert.Single(ToHistory(smallest).Operations).Function, new[] { "read", "cas" });
    }

    private static History ToHistory(RegisterCase[] cases)
    {
        var events = new List<(int Place, HistoryEvent Event)>();
        foreach (var (process, given) in cases.Take(OperationsMax).Index())
        {
            var (function, input, output) = given.Content();
            events.Add((given.Begin * 2, new HistoryEvent(HistoryEventType.Invoke, process, function, null, input)));
            if (!given.IsLost)
                events.Add(((given.Begin + given.Length) * 2 + 1, new HistoryEvent(HistoryEventType.Ok, process, function, null, output)));
        }

        return History.FromEvents(events.OrderBy(e => e.Place).Select(e => e.Event));
    }

    /// <summary>An operation on a register whose values are nil, 1 and 2.</summary>
    public sealed record RegisterCase(byte What, byte Value, byte Expected, byte Begin, byte Length, bool IsLost)
    {
        internal (string Function, HistoryValue Input, HistoryValue Output) Content() => (What % 3) switch
        {
            0 => ("write", Of(Value), Of(Value)),
            1 => ("read", HistoryValue.Nil, Of(Value)),
            _ => ("cas", HistoryValue.List(Of(Expected), Of(Value)), HistoryValue.True),
        };

        private static HistoryValue Of(byte value) => value % 3 == 0 ? HistoryValue.Nil : HistoryValue.Of(value % 3);
    }

    /// <summary>Keeps what a failing property shrinks to.</summary>
    private sealed class Shrunk : IRunner
    {
        public IReadOnlyList<object> Smallest { get; private set; } = [];

        public void OnStartFixture(Type t)
        {
        }

        public void OnArguments(int ntest, Microsoft.FSharp.Collections.FSharpList<object> args, Microsoft.FSharp.Core.FSharpFunc<int, Microsoft.FSharp.Core.FSharpFunc<Microsoft.FSharp.Collections.FSharpList<object>, string>> every)
        {
        }

        public void OnShrink(Microsoft.FSharp.Collections.FSharpList<object> args, Microsoft.FSharp.Core.FSharpFunc<Microsoft.FSharp.Collections.FSharpList<object>, string> everyShrink)
        {
        }

        public void OnFinished(string name, FsCheck.TestResult result) =>
            Smallest = result is FsCheck.TestResult.Failed failed ? [.. failed.Item3] : [];
    }
}
