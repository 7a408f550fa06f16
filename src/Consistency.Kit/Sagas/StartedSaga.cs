using Consistency.Kit.Work;

namespace Consistency.Kit.Sagas;

/// <summary>A saga as it was started with a save.</summary>
public sealed class StartedSaga
{
    internal StartedSaga(SagaIdentity saga, Guid workId)
    {
        Saga = saga;
        WorkId = workId;
    }

    /// <summary>Which saga.</summary>
    public SagaIdentity Saga { get; }

    /// <summary>The work that drives it. When the save finds the saga, this is that one's from then on.</summary>
    public Guid WorkId { get; private set; }

    /// <summary>Whether the saga was there, with the same input, so that no other was added. Known once the save has begun.</summary>
    public bool IsExisting { get; private set; }

    internal void Become(WorkAdded added) => (WorkId, IsExisting) = (added.Id, added.IsExisting);
}
