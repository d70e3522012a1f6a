using System.Security.Cryptography;
using Nhi.Rotation.Identity;

namespace Nhi.Rotation.Tests.Backends.Files;

public sealed class ValueIdTests
{
    private static readonly byte[] KeyA = new byte[16];
    private static readonly byte[] KeyB = [.. Enumerable.Repeat((byte)7, 32)];

    [Fact]
    public void With_a_key_the_id_is_the_same_in_every_process()
    {
        // Computed apart: HMAC-SHA256(key, "orders-db" 00 "s3cret"), the first 8 bytes.
        var expected = "fp-" + Convert.ToHexStringLower(HMACSHA256.HashData(KeyA, "orders-db\0s3cret"u8))[..16];

        Assert.Equal(expected, new ValueId(KeyA).Of("orders-db", "s3cret"u8));
        Assert.Equal(expected, new ValueId([.. KeyA]).Of("orders-db", "s3cret"u8));
    }

    [Fact]
    public void Ids_differ_between_keys_and_from_the_random_key_of_this_process()
    {
        var ids = new[] { new ValueId(KeyA), new ValueId(KeyB), new ValueId(null) }.Select(f => f.Of("orders-db", "s3cret"u8));

        Assert.Equal(3, ids.Distinct().Count());
    }

    [Fact]
    public void Without_a_key_ids_are_stable_within_the_process()
    {
        Assert.Equal(new ValueId(null).Of("orders-db", "s3cret"u8), new ValueId(null).Of("orders-db", "s3cret"u8));
    }

    [Fact]
    public void Two_credentials_with_one_value_have_different_ids()
    {
        Assert.NotEqual(new ValueId(KeyA).Of("a", "s3cret"u8), new ValueId(KeyA).Of("b", "s3cret"u8));
    }

    [Fact]
    public void The_id_is_not_a_plain_hash_of_the_value()
    {
        var id = new ValueId(null).Of("orders-db", "s3cret"u8)["fp-".Length..];

        Assert.DoesNotContain(id, Convert.ToHexStringLower(SHA256.HashData("s3cret"u8)), StringComparison.Ordinal);
        Assert.Equal(16, id.Length);
    }

    [Fact]
    public void The_key_is_copied()
    {
        byte[] key = [.. KeyB];
        var fingerprint = new ValueId(key);
        var before = fingerprint.Of("orders-db", "s3cret"u8);
        key[0] = 0;

        Assert.Equal(before, fingerprint.Of("orders-db", "s3cret"u8));
    }
}
