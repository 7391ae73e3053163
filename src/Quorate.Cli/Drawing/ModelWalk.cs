using Quorate.Checking.ModelChecking;
using Quorate.Kernel.Encoding;

namespace Quorate.Cli.Drawing;

/// <summary>Goes along a path of a model again and looks at what was possible in each of its states.</summary>
internal sealed class ModelWalk
{
    private readonly IModel model;
    private readonly List<IReadOnlySet<string>> possible = [];
    private byte[] state;

    private ModelWalk(IModel model)
    {
        this.model = model;
        var writer = new ByteWriter(256);
        model.WriteInitial(writer);
        state = writer.ToArray();
    }

    /// <summary>What was possible before each step of the path, and after its last one; null where the model does not go that way.</summary>
    /// <param name="model">The model; its steps have names that stay the same along a path.</param>
    /// <param name="path">The steps, one after another.</param>
    public static IReadOnlyList<IReadOnlySet<string>>? Along(IModel model, IReadOnlyList<string> path)
    {
        var walk = new ModelWalk(model);
        foreach (var action in path)
        {
            if (!walk.Take(action))
                return null;
        }
        walk.Take("");
        return walk.possible;
    }

    private bool Take(string wanted)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        byte[]? next = null;
        var taken = false;
        model.Explore(state, new ModelSteps((action, _, to, violation) =>
        {
            names.Add(action);
            if (taken || action != wanted)
                return;
            (taken, next) = (true, violation is null ? to.ToArray() : state);
        }));
        possible.Add(names);
        state = next ?? state;
        return taken;
    }
}
