using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Disks;
using Quorate.Simulation.Machines;

namespace Quorate.Tests.Services.Coordination.Values;

/// <summary>One simulated machine that runs the body of a test.</summary>
internal static class OneMachine
{
    /// <summary>Runs the body to its end; what it throws is thrown.</summary>
    public static void Run(ulong seed, Func<IMachine, SimulatedDisk, Task> body)
    {
        using var world = new World(seed);
        Exception? failure = null;
        var isDone = false;
        SimulatedMachine? machine = null;
        machine = world.AddMachine("m", async (m, _) =>
        {
            try
            {
                await body(m, machine!.Disk);
            }
            catch (Exception e)
            {
                failure = e;
            }

            isDone = true;
        });
        world.RunUntil(() => isDone || !machine.IsUp, TimeSpan.FromHours(1));
        Assert.True(isDone, "the machine went down, or did not come to an end");
        if (failure is not null)
            throw new InvalidOperationException(failure.Message, failure);
    }

    /// <summary>Lets what is under way on the disk come to its end.</summary>
    public static Task SettleAsync(IMachine machine) => Task.Delay(TimeSpan.FromSeconds(5), machine.Clock);
}
