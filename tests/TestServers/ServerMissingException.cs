namespace Consistency.Kit.TestServers;

/// <summary>A server that a test needs is not installed on this machine.</summary>
/// <remarks>
/// Thrown out of a test method it makes xUnit v3 report the test as skipped, so that a desk without the server stays
/// usable. When the environment variable <c>CI</c> is <c>true</c> the same test fails.
/// </remarks>
public sealed class ServerMissingException : Exception
{
    /// <summary>xUnit v3 reports any exception whose message begins so as a skipped test.</summary>
    private const string SkipToken = "$XunitDynamicSkip$";

    internal ServerMissingException(string reason)
        : base(IsContinuousIntegration ? reason : SkipToken + reason) => Reason = reason;

    /// <summary>What is missing and how to install it.</summary>
    public string Reason { get; }

    private static bool IsContinuousIntegration =>
        string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);
}
