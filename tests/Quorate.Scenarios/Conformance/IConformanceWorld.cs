using Quorate.Kernel.Machines;

namespace Quorate.Scenarios.Conformance;

/// <summary>
/// Two or more machines that see each other, in one of the two worlds. The bodies of the conformance tests see nothing else, so that the
/// same lines run on the real machine and in the simulator.
/// </summary>
public interface IConformanceWorld : IAsyncDisposable
{
    /// <summary>The machine of this name; the same one at each call. Its disk starts empty.</summary>
    IMachine Machine(string name);

    /// <summary>An address of a machine with port 0, for it to listen on.</summary>
    NetworkAddress Address(string machine);

    /// <summary>
    /// Runs a body on a strand of machine <c>a</c> to its end, and throws what it throws. Pumps virtual time where there is such;
    /// fails the test when the body takes longer than a minute.
    /// </summary>
    Task RunAsync(Func<Task> body);
}
