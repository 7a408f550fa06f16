using Consistency.Kit.Work;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Branches have not answered the decision.</summary>
/// <param name="Missing">What the first of them lacks.</param>
/// <param name="Wait">When all of them were asked by message a short while ago: how long their replies are waited for, without counting it as a failure.</param>
internal sealed record TccUnfinished(string Missing, WorkNext.Later? Wait);
