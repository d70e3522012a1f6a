namespace Nhi.Rotation.TestedApp;

/// <summary>Names the app for those who test it.</summary>
public sealed class AppUnderTest;
