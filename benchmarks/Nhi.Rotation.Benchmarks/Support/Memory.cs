namespace Nhi.Rotation.Benchmarks.Support;

/// <summary>The heap after everything unreachable is gone.</summary>
internal static class Memory
{
    public static long Used()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
