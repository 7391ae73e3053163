using Quorate.Kernel.Machines;
using Quorate.Simulation.Randomness;

namespace Quorate.Simulation.Networks;

/// <summary>Changes what a Byzantine machine sends.</summary>
/// <param name="message">What its code sent.</param>
/// <returns>What leaves the machine instead; null where nothing does.</returns>
public delegate byte[]? MessageRewriter(OutgoingMessage message);

/// <summary>A message on its way out of a Byzantine machine.</summary>
/// <param name="To">Where it goes.</param>
/// <param name="IsDatagram">Whether it is a datagram; else a run of a connection's bytes, cut at any place.</param>
/// <param name="Bytes">What was sent; the array may be changed and given back.</param>
/// <param name="Random">Chance for the rewriter.</param>
public readonly record struct OutgoingMessage(NetworkAddress To, bool IsDatagram, byte[] Bytes, SeededRandom Random);
