using Nhi.Rotation.Backends.Files;

namespace Nhi.Rotation.Tests.Backends.Files;

public sealed class BadFileTests : IDisposable
{
    private readonly FileFixture _files = new();

    public static TheoryData<string> Cases => [.. BadFile.All.Keys];

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Each_bad_input_is_named_with_its_cause_and_fix_and_never_with_a_value(string name)
    {
        var bad = BadFile.All[name];
        var listing = _files.ListAsync(bad.Arrange(_files), bad.Configure);

        // A pipe that is opened would block for good.
        var error = await FileFixture.FailAsync(listing.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

        Assert.Equal(bad.Failure, error.Failure);
        Assert.Equal(FileFixture.Name, error.CredentialName);
        Assert.Contains($"'{FileFixture.Name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(bad.Cause, error.Cause, StringComparison.Ordinal);
        Assert.Contains(bad.Fix, error.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain(BadFile.Canary, error.ToString(), StringComparison.Ordinal);
        Assert.Null(error.InnerException);
        Assert.DoesNotContain(_files.Logger.Collector.GetSnapshot(), record => record.Message.Contains(BadFile.Canary, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_without_permission_is_access_denied()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "root reads everything: run the tests as another user");
        var path = _files.Write("token", BadFile.Canary);
        FileFixture.SetMode(path, UnixFileMode.None);

        var error = await FileFixture.FailAsync(_files.ListAsync(path));

        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.Contains("may not be read", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_without_permission_is_access_denied()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "root reads everything: run the tests as another user");
        var path = _files.Write("app/token", BadFile.Canary);
        FileFixture.SetMode(_files.PathOf("app"), UnixFileMode.None);
        try
        {
            var error = await FileFixture.FailAsync(_files.ListAsync(path));

            Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        }
        finally
        {
            FileFixture.SetMode(_files.PathOf("app"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Theory]
    [InlineData(FileImageState.Denied, BackendFailure.AccessDenied, "may not be read")]
    [InlineData(FileImageState.Link, BackendFailure.Unavailable, "was replaced")]
    internal void What_only_a_race_or_another_user_sees_has_its_error_too(FileImageState state, BackendFailure failure, string cause)
    {
        var error = new FileErrors(FileFixture.Name).Of(FileImage.Of(state), "/p", "/p", 1);

        Assert.Equal(failure, error.Failure);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_disk_is_transient_and_only_the_errors_type_is_told()
    {
        var error = new FileErrors(FileFixture.Name).Of(FileImage.Failed(new IOException(BadFile.Canary)), "/p", "/p", 1);

        Assert.True(error.IsTransient);
        Assert.Contains("failed with IOException", error.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain(BadFile.Canary, error.ToString(), StringComparison.Ordinal);
    }
}
