using System.Diagnostics;

namespace Nhi.Rotation.AspNetCore.Tests.ApiKeys;

/// <summary>The sample, whole: two services in processes of their own, whose shared key is rotated in each order under load.</summary>
public sealed class TwoProcessesTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task No_request_fails_whichever_side_rotates_first()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var sample = Process.Start(new ProcessStartInfo("dotnet", [Path.Join(AppContext.BaseDirectory, "RotatingApi.dll"), "--short"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = sample.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            var output = await sample.StandardOutput.ReadToEndAsync(limit.Token);
            await sample.WaitForExitAsync(limit.Token);

            TestContext.Current.TestOutputHelper!.WriteLine(output);
            Assert.True(sample.ExitCode == 0, output + await errors);
            foreach (var order in (string[])["server first", "client first", "both at once", "certificate"])
            {
                // Title, requests, failed.
                Assert.Matches($@"(?m)^{order}\s+[1-9][\d,]*\s+0\s", output);
            }

            // Client first is refused and repeated; otherwise that order was not what happened.
            Assert.Matches(@"(?m)^client first\s+[\d,]+\s+0\s+[1-9]", output);
            Assert.Matches(@"(?m)^server first\s+[\d,]+\s+0\s+0\s+[1-9]", output);
        }
        finally
        {
            // Its services end with it: they read its end of the pipe.
            if (!sample.HasExited)
            {
                sample.Kill();
            }
        }
    }
}
