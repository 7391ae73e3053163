using System.CommandLine;

namespace Quorate.Cli.Nodes;

/// <summary>A flag with a text.</summary>
internal static class TextFlag
{
    /// <summary>A flag.</summary>
    /// <param name="name">Its name, with the hyphens.</param>
    /// <param name="help">What stands for the value in the help.</param>
    /// <param name="description">What it says.</param>
    /// <param name="required">Whether it must be there.</param>
    public static Option<string> Text(string name, string help, string description, bool required = false) =>
        new(name) { Description = description, HelpName = help, Required = required };
}
