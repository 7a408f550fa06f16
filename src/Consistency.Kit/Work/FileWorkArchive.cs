namespace Consistency.Kit.Work;

/// <summary>An archive in one file of JSON Lines.</summary>
/// <remarks>For a disk that all instances share, or one instance; the file is opened for one writer at a time. A line that a crash cut off is dropped before the next one is written.</remarks>
public sealed class FileWorkArchive : IWorkArchive
{
    private const int BlockSize = 64 * 1024;

    private readonly string _path;

    /// <summary>Names the file. It is created when something is archived.</summary>
    /// <param name="path">Where.</param>
    public FileWorkArchive(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = Path.GetFullPath(path);
    }

    /// <inheritdoc />
    /// <exception cref="IOException">Somebody else has the file open; the export is repeated at the next interval.</exception>
    public async ValueTask AppendAsync(Func<ReadOnlyMemory<byte>, IReadOnlyList<ReadOnlyMemory<byte>>> encode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(encode);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, BlockSize, FileOptions.Asynchronous);
        await using (file.ConfigureAwait(false))
        {
            var end = await LineEndBeforeAsync(file, file.Length, cancellationToken).ConfigureAwait(false);
            var lines = encode(await ReadLineAsync(file, end, cancellationToken).ConfigureAwait(false));
            file.SetLength(end + 1);
            file.Position = end + 1;
            foreach (var line in lines)
            {
                await file.WriteAsync(line, cancellationToken).ConfigureAwait(false);
                file.WriteByte((byte)'\n');
            }

            await file.FlushAsync(cancellationToken).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadLineAsync(FileStream file, long end, CancellationToken cancellationToken)
    {
        if (end < 0)
        {
            return default;
        }

        var begin = await LineEndBeforeAsync(file, end, cancellationToken).ConfigureAwait(false) + 1;
        var line = new byte[end - begin];
        file.Position = begin;
        await file.ReadExactlyAsync(line, cancellationToken).ConfigureAwait(false);
        return line;
    }

    /// <returns>The position of the last line end before this one, or -1.</returns>
    private static async Task<long> LineEndBeforeAsync(FileStream file, long position, CancellationToken cancellationToken)
    {
        var block = new byte[BlockSize];
        while (position > 0)
        {
            var length = (int)Math.Min(BlockSize, position);
            file.Position = position - length;
            await file.ReadExactlyAsync(block.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            var found = Array.LastIndexOf(block, (byte)'\n', length - 1, length);
            if (found >= 0)
            {
                return position - length + found;
            }

            position -= length;
        }

        return -1;
    }
}
