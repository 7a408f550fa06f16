using System.Text.Json;
using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Scheduling;

/// <summary>One attempt at a job. Not thread-safe.</summary>
public sealed class JobContext
{
    private readonly WorkRun _run;
    private readonly KitJson _json;
    private readonly int _maxBytes;
    private ReadOnlyMemory<byte> _checkpoint;

    internal JobContext(WorkRun run, KitJson json, int maxBytes)
    {
        _run = run;
        _json = json;
        _maxBytes = maxBytes;
        _checkpoint = run.Work.State;
    }

    /// <summary>The job: the same in every attempt, so that it serves as idempotency key for calls to others.</summary>
    public Guid Id => _run.Work.Lease.Id;

    /// <summary>The key it was scheduled with, if any.</summary>
    public string? Key => _run.Work.Key;

    /// <summary>1 for the first attempt since the job was scheduled or retried by an operator; attempts that ended without a word are counted.</summary>
    public int Attempt => _run.Work.Attempts + _run.Work.TakeOvers + 1;

    /// <summary>When the job was to run, before any retries.</summary>
    public DateTimeOffset ScheduledAt => _run.Work.ScheduledAt;

    /// <summary>When the job was scheduled.</summary>
    public DateTimeOffset CreatedAt => _run.Work.CreatedAt;

    /// <summary>Cancelled when another instance has taken the job over or somebody cancelled it: nothing that this attempt writes counts any more.</summary>
    public CancellationToken Lost => _run.Lost;

    /// <summary>The last checkpoint, of this attempt or an earlier one.</summary>
    /// <param name="checkpoint">What was saved.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="InvalidOperationException">No JSON context given with <c>kit.UseJson(…)</c> knows the type.</exception>
    public bool TryGetCheckpoint<T>(out T checkpoint)
    {
        var json = _json.Of<T>();
        checkpoint = _checkpoint.IsEmpty ? default! : JsonSerializer.Deserialize(_checkpoint.Span, json)!;
        return !_checkpoint.IsEmpty;
    }

    /// <summary>Saves how far the job has come: durable when this returns. A later attempt resumes from it.</summary>
    /// <param name="checkpoint">What a later attempt needs to go on. Takes the place of the one before.</param>
    /// <param name="cancellationToken">Cancels the call; the checkpoint may be saved or not.</param>
    /// <exception cref="WorkLostException">The claim is lost; nothing was saved.</exception>
    /// <exception cref="InvalidOperationException">The checkpoint is too large, or no JSON context knows the type.</exception>
    /// <remarks>Saves nothing but the checkpoint: what the handler tracks in a DbContext is saved when it says so or when it returns.</remarks>
    public async Task SaveCheckpointAsync<T>(T checkpoint, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(checkpoint, _json.Of<T>());
        if (bytes.Length > _maxBytes)
        {
            throw new InvalidOperationException(
                $"A checkpoint of job {Id} has {bytes.Length} bytes; the limit is {_maxBytes}. Save a reference to the data instead, or raise SchedulingOptions.MaxCheckpointBytes.");
        }

        await _run.WriteAsync(new WorkProgress { State = bytes }, cancellationToken).ConfigureAwait(false);
        _checkpoint = bytes;
    }
}
