using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nhi.Rotation.Tests.Backends.Files;

/// <summary>Long values that show it when a part is missing or mixed with another's.</summary>
internal static class CheckedValue
{
    public static string Of(int n)
    {
        var body = string.Concat(Enumerable.Repeat(n.ToString("000000", CultureInfo.InvariantCulture), 500 + (n % 7 * 100)));
        return body + Sum(body);
    }

    /// <summary>The number of an intact value.</summary>
    public static int Check(string value)
    {
        Assert.True(value.Length > 64, $"torn: {value.Length} characters");
        Assert.Equal(Sum(value[..^64]), value[^64..]);
        return int.Parse(value[..6], CultureInfo.InvariantCulture);
    }

    private static string Sum(string body) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
}
