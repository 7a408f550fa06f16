using System.Collections;
using Microsoft.EntityFrameworkCore.Update;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Batches of which later ones are made from what earlier ones returned: they need a transaction around all of them.</summary>
internal sealed class WaitingBatches(IEnumerable<ModificationCommandBatch> batches) : IEnumerable<ModificationCommandBatch>
{
    public IEnumerator<ModificationCommandBatch> GetEnumerator() => batches.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
