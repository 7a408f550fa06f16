namespace Consistency.Kit.Work;

/// <summary>Takes new work in.</summary>
public interface IWorkIntake
{
    /// <summary>Adds work in a transaction of its own; durable when this returns, as far as the store is.</summary>
    /// <param name="work">What is to be done.</param>
    /// <param name="cancellationToken">Cancels the call; the work may be there or not.</param>
    /// <remarks>Of any number of callers with the same scope and key at the same time one adds its work, the others are told of it.</remarks>
    /// <exception cref="WorkKeyReusedException">The key is taken by work with another input, and <see cref="WorkDuplicate.RequireSameInput"/> was asked for.</exception>
    ValueTask<WorkAdded> AddAsync(NewWork work, CancellationToken cancellationToken);

    /// <summary>Adds work to what the scope's session (DbContext) saves next: it is there if and only if that is committed.</summary>
    /// <param name="scope">The scope whose session is meant.</param>
    /// <param name="work">What is to be done.</param>
    /// <exception cref="NotSupportedException">The store joins no transactions.</exception>
    void AddTo(IServiceProvider scope, NewWork work) => throw new NotSupportedException("This store of work joins no transaction: keep the work with kit.UseEntityFrameworkCore<YourDbContext>().");
}
