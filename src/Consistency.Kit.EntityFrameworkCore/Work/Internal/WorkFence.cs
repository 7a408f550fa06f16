using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Lets a save depend on a claim on work: an update that meets no row when the claim is lost.</summary>
internal sealed class WorkFence(WorkLease lease) : ISaveFence
{
    public EntityEntry Begin(DbContext context)
    {
        var row = context.Entry(new WorkRow { Id = lease.Id, Epoch = lease.Epoch, Status = WorkStatus.Active });
        row.State = EntityState.Unchanged;
        row.Property(x => x.Epoch).IsModified = true;
        return row;
    }

    public bool IsRow(object entity) => entity is WorkRow { New: null } row && row.Id == lease.Id;

    public ConsistencyException Lost(Exception? inner) => new WorkLostException(lease, inner);
}
