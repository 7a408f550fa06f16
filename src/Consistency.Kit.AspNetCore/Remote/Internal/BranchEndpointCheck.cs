using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.AspNetCore.Remote.Internal;

/// <summary>Has branch endpoints say when the host starts what they lack, and that somebody decided who may call them.</summary>
internal static class BranchEndpointCheck
{
    internal static void Run(IServiceProvider services)
    {
        var problems = new List<string>();
        foreach (var endpoint in services.GetService<EndpointDataSource>()?.Endpoints ?? [])
        {
            if (endpoint.Metadata.GetMetadata<IBranchEndpoint>() is not { } branch)
            {
                continue;
            }

            branch.Check(services);
            if (endpoint.Metadata.GetMetadata<IAuthorizeData>() is null
                && endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is null
                && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
            {
                problems.Add($"The branch {endpoint.DisplayName} is open to whoever reaches it: add .RequireAuthorization(…) to its Map call, or .AllowAnonymous() where the network is closed.");
            }
        }

        if (problems.Count > 0)
        {
            throw new ConsistencyConfigurationException(problems);
        }
    }
}
