using System.Diagnostics.CodeAnalysis;
using Consistency.Kit;
using Consistency.Kit.AspNetCore.Remote;
using Consistency.Kit.AspNetCore.Remote.Internal;
using Consistency.Kit.Sagas;
using Consistency.Kit.Tcc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the branches of distributed transactions that other services coordinate.</summary>
/// <remarks>
/// <para>The wire is dtm's: POST with <c>gid</c>, <c>trans_type</c>, <c>branch_id</c> and <c>op</c> in the query, the request as JSON. Each call
/// passes the barrier of the DbContext. Done, repeated and empty are 200 with <c>dtm_result</c> <c>SUCCESS</c>, the <c>outcome</c> and, of a
/// first operation, its <c>result</c>. Refused and superseded are 409 with <c>FAILURE</c>. A call that is running here already, or took too
/// long and was rolled back, is 425 with <c>ONGOING</c>. Out of order is 412: neither a success nor a refusal, so that a coordinator repeats
/// it and a person comes to see it. What is no call is 400, 413 or 415, and an exception is the server's 500.</para>
/// <para>Whoever may call a branch may move what it guards: say <c>RequireAuthorization(…)</c> on what is returned, or on its group, or
/// <c>AllowAnonymous()</c> where the network is closed. The host does not start otherwise.</para>
/// </remarks>
public static class BranchEndpointRouteBuilderExtensions
{
    /// <summary>Maps a branch of TCCs.</summary>
    /// <param name="endpoints">The application or a group.</param>
    /// <param name="pattern">The route, for example <c>/branches/stock</c>.</param>
    /// <param name="configure">Changes the options.</param>
    /// <typeparam name="TDbContext">The DbContext whose barrier the calls pass, and that the branch changes.</typeparam>
    /// <typeparam name="TBranch">The branch; made for each call from the request's services.</typeparam>
    /// <typeparam name="TRequest">What it is asked for; known to a JSON context given with <c>kit.UseJson(…)</c>.</typeparam>
    /// <typeparam name="TReply">What a try says; known to a JSON context too.</typeparam>
    /// <exception cref="ConsistencyConfigurationException">The options do not fit.</exception>
    public static IEndpointConventionBuilder MapTccBranch<
        TDbContext,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TBranch,
        TRequest,
        TReply>(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, Action<BranchEndpointOptions>? configure = null)
        where TDbContext : class
        where TBranch : class, ITccBranch<TRequest, TReply> =>
        Map(endpoints, pattern, configure, new BranchEndpoint<TRequest, TReply>(
            "tcc",
            typeof(TDbContext),
            static (services, request, call, cancellationToken) => BranchOf<TBranch>(services).TryAsync(request, call, cancellationToken),
            static (services, request, call, cancellationToken) => call.Operation == BranchOperation.Confirm
                ? BranchOf<TBranch>(services).ConfirmAsync(request, call, cancellationToken)
                : BranchOf<TBranch>(services).CancelAsync(request, call, cancellationToken)));

    /// <summary>Maps a branch of sagas.</summary>
    /// <param name="endpoints">The application or a group.</param>
    /// <param name="pattern">The route, for example <c>/branches/shipping</c>.</param>
    /// <param name="configure">Changes the options.</param>
    /// <typeparam name="TDbContext">The DbContext whose barrier the calls pass, and that the branch changes.</typeparam>
    /// <typeparam name="TBranch">The branch; made for each call from the request's services.</typeparam>
    /// <typeparam name="TRequest">What it is asked for; known to a JSON context given with <c>kit.UseJson(…)</c>.</typeparam>
    /// <typeparam name="TReply">What an action says; known to a JSON context too.</typeparam>
    /// <exception cref="ConsistencyConfigurationException">The options do not fit.</exception>
    public static IEndpointConventionBuilder MapSagaBranch<
        TDbContext,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TBranch,
        TRequest,
        TReply>(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, Action<BranchEndpointOptions>? configure = null)
        where TDbContext : class
        where TBranch : class, ISagaBranch<TRequest, TReply> =>
        Map(endpoints, pattern, configure, new BranchEndpoint<TRequest, TReply>(
            "saga",
            typeof(TDbContext),
            static (services, request, call, cancellationToken) => BranchOf<TBranch>(services).ActAsync(request, call, cancellationToken),
            static (services, request, call, cancellationToken) => BranchOf<TBranch>(services).CompensateAsync(request, call, cancellationToken)));

    private static TBranch BranchOf<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TBranch>(IServiceProvider services) =>
        ActivatorUtilities.GetServiceOrCreateInstance<TBranch>(services);

    private static IEndpointConventionBuilder Map<TRequest, TReply>(
        IEndpointRouteBuilder endpoints,
        string pattern,
        Action<BranchEndpointOptions>? configure,
        BranchEndpoint<TRequest, TReply> endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        configure?.Invoke(endpoint.Options);
        var problems = endpoint.Options.Validate().ToList();
        if (problems.Count > 0)
        {
            throw new ConsistencyConfigurationException(problems);
        }

        StartupChecks.Add(BranchEndpointCheck.Run);
        return endpoints.MapPost(pattern, endpoint.HandleAsync).WithMetadata(endpoint);
    }
}
