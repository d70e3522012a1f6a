namespace Nhi.Rotation.Analyzers.Tests;

/// <summary>NHI009.</summary>
public sealed class DroppedHoldTests
{
    [Theory]
    [InlineData("[|provider.Current.Hold()|];")]
    [InlineData("[|credential.Hold()|];")]
    [InlineData("[|match.Hold()|];")]
    [InlineData("_ = [|credential.Hold()|];")]
    [InlineData("_ = (object)[|credential.Hold()|];")]
    [InlineData("_ = connection is null ? [|credential.Hold()|] : null;")]
    [InlineData("var use = [|credential.Hold()|];")]
    [InlineData("IDisposable use = [|credential.Hold()|]; Take(null);")]
    [InlineData("Action later = () => [|credential.Hold()|]; later();")]
    [InlineData("void Later() => [|credential.Hold()|]; Later();")]
    [InlineData("if (connection is not null) [|credential.Hold()|];")]
    public Task A_hold_that_nobody_keeps_is_told(string body) => Look.Within<DroppedHoldAnalyzer>(body);

    [Fact]
    public Task So_is_one_of_a_credential_that_may_be_null() => Look.At<DroppedHoldAnalyzer>("class App { void Open(Credential? credential) => credential?[|.Hold()|]; }");

    [Theory]
    [InlineData("using var use = credential.Hold();")]
    [InlineData("using (credential.Hold()) { Take(null); }")]
    [InlineData("using (var use = credential.Hold()) { Take(null); }")]
    [InlineData("_kept = credential.Hold();")]
    [InlineData("_kept ??= credential.Hold();")]
    [InlineData("_all.Add(credential.Hold());")]
    [InlineData("Take(credential.Hold());")]
    [InlineData("var use = credential.Hold(); use.Dispose();")]
    [InlineData("var use = credential.Hold(); Action end = () => use.Dispose(); end();")]
    [InlineData("credential.Hold().Dispose();")]
    [InlineData("return credential.Hold();")]
    [InlineData("Func<IDisposable> later = () => credential.Hold(); Take(later());")]
    [InlineData("credential.Hold(connection);")]
    [InlineData("credential.Hold(owner: connection, countsUse: false);")]
    public Task One_that_is_kept_or_has_an_owner_is_not(string body) => Look.Within<DroppedHoldAnalyzer>(body);

    [Fact]
    public Task Nor_is_somebody_elses_Hold() => Look.At<DroppedHoldAnalyzer>("class Phone { public IDisposable Hold() => null!; void Wait() => Hold(); }");
}
