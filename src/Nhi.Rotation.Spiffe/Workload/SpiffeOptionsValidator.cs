using Microsoft.Extensions.Options;

namespace Nhi.Rotation.Spiffe.Workload;

/// <summary>Takes the address from the environment where none is set, and says what is wrong.</summary>
internal sealed class SpiffeOptionsValidator : IPostConfigureOptions<SpiffeOptions>, IValidateOptions<SpiffeOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public void PostConfigure(string? name, SpiffeOptions options) => options.EndpointSocket ??= Environment.GetEnvironmentVariable(WorkloadAddress.Variable);

    public ValidateOptionsResult Validate(string? name, SpiffeOptions options)
    {
        var mistakes = new List<string>();
        if (WorkloadAddress.Read(options.EndpointSocket, out var mistake) is null)
        {
            mistakes.Add(mistake);
        }

        if (options.MinBackoff < TimeSpan.FromMilliseconds(1) || options.MinBackoff > options.MaxBackoff)
        {
            mistakes.Add("SpiffeOptions.MinBackoff is out of range. Set it to 1 ms up to MaxBackoff.");
        }

        if (options.MaxBackoff > Longest)
        {
            mistakes.Add("SpiffeOptions.MaxBackoff is out of range. Set it to 1 hour at most.");
        }

        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }
}
