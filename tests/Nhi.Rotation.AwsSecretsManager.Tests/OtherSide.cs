using System.Collections.Immutable;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>The system that the credential opens: it accepts a set of values and refuses all others.</summary>
internal sealed class OtherSide(string first)
{
    private ImmutableHashSet<string> _accepted = [first];
    private int _failures;

    public int Failures => _failures;

    public void Accept(string value) => ImmutableInterlocked.Update(ref _accepted, set => set.Add(value));

    public void Refuse(string value) => ImmutableInterlocked.Update(ref _accepted, set => set.Remove(value));

    /// <summary>Sends requests until stopped.</summary>
    /// <returns>How many were sent.</returns>
    public int Use(IRotatingCredentialProvider provider, CancellationToken stop)
    {
        var requests = 0;
        for (; !stop.IsCancellationRequested; requests++)
        {
            // What was accepted before the value was taken is fair: a request is under way while values change.
            var accepted = Volatile.Read(ref _accepted);
            if (!accepted.Contains(provider.Current.Reveal()))
            {
                Interlocked.Increment(ref _failures);
            }

            Thread.Yield();
        }

        return requests;
    }
}
