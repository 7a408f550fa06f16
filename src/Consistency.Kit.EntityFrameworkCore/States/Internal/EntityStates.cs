using System.Globalization;
using System.Linq.Expressions;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Consistency.Kit.EntityFrameworkCore.States.Internal;

/// <summary>Reads and changes the state of entities of one type, by their keys, whatever those are.</summary>
internal sealed class EntityStates<TEntity, TState>
    where TEntity : class
    where TState : struct, Enum
{
    private readonly DbSet<TEntity> _set;
    private readonly IProperty _key;

    internal EntityStates(DbSet<TEntity> set, StateMap<TState> map)
        : this(set)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (!ReferenceEquals(map, Map))
        {
            throw new ArgumentException($"{typeof(TEntity).Name} is registered with another map of its states: pass the one given to kit.AddStates.", nameof(map));
        }
    }

    internal EntityStates(DbSet<TEntity> set)
    {
        ArgumentNullException.ThrowIfNull(set);
        _set = set;
        Context = set.GetService<ICurrentDbContext>().Context;
        Runtime = KitRuntime.Find(Context)
            ?? throw new InvalidOperationException(
                $"{Context.GetType().Name} has no states: add services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<{Context.GetType().Name}>()…) and take the context from the services.");
        Registration = Runtime.States.Of<TEntity, TState>();
        _key = set.EntityType.FindPrimaryKey() is { Properties: [var only] }
            ? only
            : throw new InvalidOperationException($"{typeof(TEntity).Name} has no primary key of one property: what changes its state by a map needs one.");
    }

    internal DbContext Context { get; }

    internal KitRuntime Runtime { get; }

    internal StateRegistration<TEntity, TState> Registration { get; }

    internal StateMap<TState> Map => Registration.Map;

    /// <summary>The key as the history keeps it.</summary>
    internal string Text(object id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id.GetType() != _key.ClrType)
        {
            throw new ArgumentException($"The key of {typeof(TEntity).Name} is a {_key.ClrType.Name}, not a {id.GetType().Name}.", nameof(id));
        }

        var text = Convert.ToString(id, CultureInfo.InvariantCulture)!;
        return text.Length is > 0 and <= StateModel.ThingLength
            ? text
            : throw new ArgumentException($"The key of {typeof(TEntity).Name} has {text.Length} characters as text; 1 to {StateModel.ThingLength} can be kept.", nameof(id));
    }

    /// <summary>The state in the database; null when there is no such entity.</summary>
    internal async Task<TState?> ReadAsync(object id, CancellationToken cancellationToken)
    {
        var states = await _set.AsNoTracking().Where(HasKey(id)).Select(Registration.State).ToListAsync(cancellationToken).ConfigureAwait(false);
        return states.Count == 0 ? null : states[0];
    }

    /// <summary>Changes the state where it still is the given one; false when it is not.</summary>
    internal async Task<bool> TryChangeAsync(object id, TState from, TState to, CancellationToken cancellationToken)
    {
        var state = Registration.State;
        var stillThere = Expression.Lambda<Func<TEntity, bool>>(Expression.Equal(state.Body, Parameter(from)), state.Parameters);
        return await _set.Where(HasKey(id)).Where(stillThere).ExecuteUpdateAsync(set => set.SetProperty(state, to), cancellationToken).ConfigureAwait(false) > 0;
    }

    /// <summary>All entities with their states, as one stream.</summary>
    internal IAsyncEnumerable<KeyValuePair<object, TState>> StreamAsync()
    {
        var entity = Registration.State.Parameters[0];
        var make = typeof(KeyValuePair<object, TState>).GetConstructor([typeof(object), typeof(TState)])!;
        var pair = Expression.New(make, Expression.Convert(Key(entity), typeof(object)), Registration.State.Body);
        return _set.AsNoTracking().Select(Expression.Lambda<Func<TEntity, KeyValuePair<object, TState>>>(pair, entity)).AsAsyncEnumerable();
    }

    /// <summary>The key that a text names; null when it cannot be one.</summary>
    internal object? Parse(string text)
    {
        var type = Nullable.GetUnderlyingType(_key.ClrType) ?? _key.ClrType;
        return type == typeof(string) ? text
            : type == typeof(Guid) ? Guid.TryParse(text, out var guid) ? guid : null
            : type == typeof(int) ? int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null
            : type == typeof(long) ? long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large) ? large : null
            : null;
    }

    /// <summary>The tracked entity, if there is one. What cannot be reconciled with a move is refused.</summary>
    /// <exception cref="InvalidOperationException">The entity is not saved yet, is to be deleted, or its state was changed by hand.</exception>
    internal EntityEntry<TEntity>? Tracked(object id)
    {
        var entry = _set.Local.FindEntryUntyped([id]);
        return entry switch
        {
            null => null,
            { State: EntityState.Added } => throw new InvalidOperationException($"{typeof(TEntity).Name} {id} is not saved yet: save it in its first state, then let it move."),
            { State: EntityState.Deleted } => throw new InvalidOperationException($"{typeof(TEntity).Name} {id} is to be deleted, and cannot move."),
            _ when entry.Property(Registration.Property).IsModified => throw new InvalidOperationException(
                $"The state of {typeof(TEntity).Name} {id} was changed by hand to {entry.Property(Registration.Property).CurrentValue} and is not saved: leave {Registration.Property} alone, and call TransitionAsync for each move."),
            _ => entry,
        };
    }

    /// <summary>Brings a tracked entity up to what the database has.</summary>
    internal async Task RefreshAsync(EntityEntry<TEntity>? entry, TState current, CancellationToken cancellationToken)
    {
        if (entry is { State: EntityState.Unchanged })
        {
            await entry.ReloadAsync(cancellationToken).ConfigureAwait(false);
        }
        else if (entry is { State: EntityState.Modified })
        {
            var property = entry.Property(Registration.Property);
            (property.OriginalValue, property.CurrentValue) = (current, current);
            property.IsModified = false;
        }
    }

    private Expression<Func<TEntity, bool>> HasKey(object id)
    {
        var entity = Expression.Parameter(typeof(TEntity), "entity");
        var value = Expression.Convert(Parameter(id), _key.ClrType);
        return Expression.Lambda<Func<TEntity, bool>>(Expression.Equal(Key(entity), value), entity);
    }

    private MethodCallExpression Key(Expression entity) => Expression.Call(typeof(EF), nameof(EF.Property), [_key.ClrType], entity, Expression.Constant(_key.Name));

    // A member of an object becomes a parameter of the statement; a constant would become part of its text.
    private static MemberExpression Parameter<T>(T value) => Expression.Property(Expression.Constant(new Box<T>(value)), nameof(Box<T>.Value));

    private sealed record Box<T>(T Value);
}
