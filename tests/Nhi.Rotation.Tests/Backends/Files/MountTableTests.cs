using Nhi.Rotation.Backends.Files;

namespace Nhi.Rotation.Tests.Backends.Files;

public sealed class MountTableTests
{
    private const string Table =
        """
        22 27 0:20 / /proc rw,relatime shared:7 - proc proc rw
        27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
        90 27 254:0 /var/lib/kubelet/pods/x/volume-subpaths/s/app/0 /run/secrets/token ro,relatime - ext4 /dev/vda rw
        91 27 0:40 / /run/my\040secrets\134x/a\011b rw - tmpfs tmpfs rw
        torn line
        """;

    [Theory]
    [InlineData("/run/secrets/token", true)]
    [InlineData("/run/my secrets\\x/a\tb", true)]
    [InlineData("/", true)]
    [InlineData("/run/secrets", false)]
    [InlineData("/run/secrets/token2", false)]
    [InlineData("line", false)]
    public void A_mount_point_is_known_whatever_letters_it_has(string path, bool isPoint) => Assert.Equal(isPoint, MountTable.Parse(Table).HasPoint(path));

    [Fact]
    public void No_text_makes_it_throw() =>
        CsCheck.Check.Sample(CsCheck.Gen.String[CsCheck.Gen.Char["\\012 7/a\n"], 0, 60], text => Assert.NotNull(MountTable.Parse(text)), iter: 100_000);

    [Fact]
    public void A_table_that_cannot_be_read_has_no_mounts() => Assert.False(new Mounts(() => throw new IOException(), TimeProvider.System).HasPoint("/"));

    [Fact]
    public void The_mounts_of_this_process_are_read() => Assert.Equal(OperatingSystem.IsLinux(), Mounts.OfProcess(TimeProvider.System).HasPoint("/proc"));
}
