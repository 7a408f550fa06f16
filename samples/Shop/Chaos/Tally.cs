using System.IO.MemoryMappedFiles;

namespace Shop.Chaos;

/// <summary>Counters in a shared file: what a worker counted is there even when SIGKILL was the next thing that happened to it.</summary>
internal sealed unsafe class Tally : IDisposable
{
    private const int Size = 4096;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long* _counters;

    private Tally(MemoryMappedFile file)
    {
        _file = file;
        _view = file.CreateViewAccessor(0, Size);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _counters = (long*)(start + _view.PointerOffset);
    }

    internal long this[Fact fact] => Volatile.Read(ref _counters[(int)fact]);

    internal static Tally Open(string path) =>
        new(MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Size));

    internal void Count(Fact fact) => Interlocked.Increment(ref _counters[(int)fact]);

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
