namespace Shop.Chaos;

internal sealed class InjectedFailureException(string when) : Exception($"The drill let a handler fail {when}.");
