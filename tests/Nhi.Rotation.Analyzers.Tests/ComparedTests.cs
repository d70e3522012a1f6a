namespace Nhi.Rotation.Analyzers.Tests;

/// <summary>NHI005.</summary>
public sealed class ComparedTests
{
    [Theory]
    [InlineData("return [|provider.Current.Reveal()|] == presented;")]
    [InlineData("return presented != [|provider.Current.Reveal()|];")]
    [InlineData("return [|provider.Current.Reveal()|].Equals(presented, StringComparison.Ordinal);")]
    [InlineData("return presented.Equals([|provider.Current.Reveal()|]);")]
    [InlineData("return string.Equals(presented, [|provider.Current.Reveal()|], StringComparison.Ordinal);")]
    [InlineData("return string.CompareOrdinal([|provider.Current.Reveal()|], presented) == 0;")]
    [InlineData("return StringComparer.Ordinal.Equals([|provider.Current.Reveal()|], presented);")]
    [InlineData("return [|provider.Current.RevealBytes()|].Span.SequenceEqual(bytes);")]
    [InlineData("return bytes.AsSpan().SequenceEqual([|provider.Current.RevealBytes()|].Span);")]
    [InlineData("return bytes.SequenceEqual([|provider.Current.RevealBytes()|].ToArray());")]
    [InlineData("var expected = \"Bearer \" + provider.Current.Reveal(); return [|expected|] == presented;")]
    [InlineData("var expected = provider.Current.Reveal(); if (presented == [|expected|]) { return 1; }")]
    [InlineData("return provider.Credentials.Presentable.Any(version => [|version.Reveal()|] == presented);")]
    [InlineData("return provider.MatchProof(version => [|version.Reveal()|] == presented);")]
    [InlineData("return given is not null && [|given.Reveal()|] == presented;")]
    public Task A_value_that_is_compared_with_a_presented_one_is_told(string body) => Look.Within<RevealedAnalyzer>(body, "NHI005");

    [Theory]
    [InlineData("return provider.Match(Encoding.UTF8.GetBytes(presented)).IsAccepted;")]
    [InlineData("return provider.MatchProof(version => CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(version.RevealBytes().Span, bytes), bytes));")]
    [InlineData("return provider.Current.Reveal() == \"\";")]
    [InlineData("return provider.Current.Reveal() == string.Empty;")]
    [InlineData("return provider.Current.Reveal() is null or \"changeme\";")]
    [InlineData("return provider.Current.Reveal() == \"changeme\";")]
    [InlineData("return provider.Current.Reveal() == given.Reveal();")]
    [InlineData("return provider.Current.RevealBytes().Span.SequenceEqual(given.RevealBytes().Span);")]
    [InlineData("return provider.Current.Reveal().Length == presented.Length;")]
    [InlineData("return provider.Current.VersionId == presented;")]
    [InlineData("return provider.Current == given;")]
    [InlineData("return HMACSHA256.HashData(provider.Current.RevealBytes().Span, bytes).AsSpan().SequenceEqual(bytes);")]
    [InlineData("return CryptographicOperations.FixedTimeEquals(provider.Current.RevealBytes().Span, bytes);")]
    public Task What_is_matched_or_no_secret_is_not(string body) => Look.Within<RevealedAnalyzer>(body, "NHI005");
}
