namespace Consistency.Kit.AspNetCore.Remote.Internal;

/// <summary>How a branch endpoint is told from others.</summary>
internal interface IBranchEndpoint
{
    /// <summary>Throws what is missing in the services.</summary>
    void Check(IServiceProvider services);
}
