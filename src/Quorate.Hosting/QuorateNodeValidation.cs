using Microsoft.Extensions.Options;

namespace Quorate.Hosting;

/// <summary>Refuses a wrong description of a node when the host starts.</summary>
internal sealed class QuorateNodeValidation : IValidateOptions<QuorateNodeBuilder>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, QuorateNodeBuilder options)
    {
        var violations = options.Violations();
        return violations.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(violations);
    }
}
