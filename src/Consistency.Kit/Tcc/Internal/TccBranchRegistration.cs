using Consistency.Kit.Idempotency.Internal;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>One branch as the application registered it.</summary>
/// <param name="Name">The stable name.</param>
/// <param name="Request">What it is asked for.</param>
/// <param name="Reply">What a try says.</param>
/// <param name="Create">Makes the participant; null when nobody said where it is.</param>
/// <param name="CheckJson">Throws when a type is unknown to the JSON contexts.</param>
internal sealed record TccBranchRegistration(string Name, Type Request, Type Reply, Func<IServiceProvider, TccParticipant>? Create, Action<KitJson> CheckJson);
