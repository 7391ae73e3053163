using System.Diagnostics;
using System.Reflection;

namespace Quorate.Simulation.Tracing;

/// <summary>Finds whose code is running: the nearest caller that is neither the simulator nor the class library.</summary>
internal static class CallSites
{
    /// <summary>The caller's method with file and line where they are known; null where only the simulator is on the stack.</summary>
    public static string? Here()
    {
        foreach (var frame in new StackTrace(1, fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetMethod() is not { DeclaringType: { } type } method || IsInfrastructure(type.Assembly))
                continue;
            var line = frame.GetFileLineNumber();
            var place = line > 0 ? $" ({Path.GetFileName(frame.GetFileName())}:{line})" : "";
            return $"{NameOf(type, method)}{place}";
        }
        return null;
    }

    // An async method runs as MoveNext of a nested type whose name holds the method's own; a lambda in a nested type of its own too.
    private static string NameOf(Type type, MethodBase method)
    {
        var name = method.Name;
        while (type.DeclaringType is { } outer && type.Name.StartsWith('<'))
        {
            var end = type.Name.IndexOf('>', 1);
            if (name == "MoveNext" && end > 1)
                name = type.Name[1..end];
            type = outer;
        }
        return $"{type.FullName}.{name}";
    }

    private static bool IsInfrastructure(Assembly assembly) =>
        assembly == typeof(CallSites).Assembly || assembly == typeof(object).Assembly
        || assembly.GetName().Name is { } name
            && (name.StartsWith("System.", StringComparison.Ordinal) || name is "Quorate.Kernel" or "Quorate.Testing");
}
