namespace Consistency.Kit.Tcc.Internal;

/// <summary>Branches have not answered the decision yet; the engine asks again, and parks by its policy.</summary>
internal sealed class TccUnfinishedException(string message) : Exception(message);
