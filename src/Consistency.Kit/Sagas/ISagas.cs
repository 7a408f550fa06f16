using Consistency.Kit.Work;

namespace Consistency.Kit.Sagas;

/// <summary>Starts sagas, looks them up, waits for them and tells them what has happened.</summary>
/// <remarks>For a start that is committed with other changes use <c>db.StartSaga</c>.</remarks>
public interface ISagas
{
    /// <summary>Starts a saga in a transaction of its own.</summary>
    /// <param name="id">Names it for good, at most 200 characters. The same id with the same input is the same saga.</param>
    /// <param name="input">What it is started with.</param>
    /// <param name="cancellationToken">Cancels the call; the saga may be started or not, and the call may be repeated.</param>
    /// <returns>Whether this call started it; false when it was there.</returns>
    /// <exception cref="WorkKeyReusedException">The id belongs to a saga that was started with another input.</exception>
    Task<bool> StartAsync<TSaga, TInput>(string id, TInput input, CancellationToken cancellationToken)
        where TSaga : class, ISaga<TSaga, TInput>
        where TInput : notnull;

    /// <summary>Looks a saga up.</summary>
    /// <param name="saga">The stable name of its definition.</param>
    /// <param name="id">The id it was started under.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null when there is none, or it was collected.</returns>
    Task<SagaSnapshot?> FindAsync(string saga, string id, CancellationToken cancellationToken);

    /// <summary>Waits until a saga has ended or is parked.</summary>
    /// <param name="saga">The stable name of its definition.</param>
    /// <param name="id">The id it was started under.</param>
    /// <param name="cancellationToken">Ends the waiting; the saga goes on.</param>
    /// <returns>Null when there is none, or it was collected. Told at once when it ends in this process, within half a second when elsewhere.</returns>
    Task<SagaSnapshot?> WaitAsync(string saga, string id, CancellationToken cancellationToken);

    /// <summary>Tells a saga what it waits for, or will wait for.</summary>
    /// <param name="saga">The stable name of its definition.</param>
    /// <param name="id">The id it was started under.</param>
    /// <param name="signal">What has happened. Of several with one key the first counts.</param>
    /// <param name="payload">What is to be known of it.</param>
    /// <param name="cancellationToken">Cancels the call; the signal may be stored or not, and may be sent again.</param>
    /// <returns>What became of it; durable when it says that it is stored.</returns>
    Task<WorkSignalled> SignalAsync<TPayload>(string saga, string id, SignalKey<TPayload> signal, TPayload payload, CancellationToken cancellationToken)
        where TPayload : notnull;
}
