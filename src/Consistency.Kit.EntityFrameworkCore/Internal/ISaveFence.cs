using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>A claim on which saves depend.</summary>
internal interface ISaveFence
{
    /// <summary>Adds an update to the context that meets no row when the claim is lost.</summary>
    EntityEntry Begin(DbContext context);

    /// <summary>Whether the entity is the one that <see cref="Begin"/> added.</summary>
    bool IsRow(object entity);

    /// <summary>What is thrown when the claim is lost.</summary>
    ConsistencyException Lost(Exception? inner);
}
