namespace Consistency.Kit.Messaging;

/// <summary>Checks that the database has what the kit needs.</summary>
public interface IStoreSchema
{
    /// <summary>Checks tables and settings at start-up.</summary>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>One sentence per problem, naming the thing and the cure; empty when all is well.</returns>
    ValueTask<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken);
}
