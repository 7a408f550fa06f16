namespace Shop.Drills;

internal sealed class WorkerFailedException(string lastWords) : Exception("The worker ended again and again without being killed:" + Environment.NewLine + lastWords);
