using Microsoft.Extensions.Options;

namespace Quorate.Hosting;

/// <summary>Refuses a wrong description of a client when the host starts.</summary>
internal sealed class QuorateClientValidation : IValidateOptions<QuorateClientBuilder>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, QuorateClientBuilder options)
    {
        var violations = options.Violations();
        return violations.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(violations);
    }
}
