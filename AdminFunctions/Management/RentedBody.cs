using System.Buffers;
using System.Net;

namespace AdminFunctions.Management;

/// <summary>
/// A body in rented memory, which its disposal returns. The body of a page is copied several times on its way to the caller; as garbage,
/// these copies were a quarter of what a call allocates.
/// </summary>
/// <param name="capacity">The expected length, in bytes. The memory grows if that is not enough.</param>
internal sealed class RentedBody(int capacity) : HttpContent, IBufferWriter<byte>
{
    /// <summary>The usual length of a page of users, in bytes.</summary>
    public const int UsualPageInBytes = 32 * 1024;

    private byte[] _memory = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    /// <summary>What has been written. It is valid until the memory is returned.</summary>
    public ReadOnlyMemory<byte> Written => _memory.AsMemory(0, _length);

    /// <summary>Reads a body to its end.</summary>
    /// <param name="longest">The maximum length, in bytes.</param>
    /// <returns>A body with the same headers.</returns>
    /// <exception cref="HttpRequestException">The connection broke, or the body is longer.</exception>
    public static async Task<RentedBody> ReadAsync(HttpContent body, int longest, CancellationToken cancellationToken)
    {
        var length = body.Headers.ContentLength;
        var read = new RentedBody((int)Math.Min(length + 1 ?? UsualPageInBytes, longest));
        try
        {
            await using var stream = await body.ReadAsStreamAsync(cancellationToken);
            for (int count; (count = await stream.ReadAsync(read.GetMemory(), cancellationToken)) > 0; read.Advance(count))
            {
                if (Math.Max(length ?? 0, read._length + count) > longest)
                {
                    throw new HttpRequestException(
                        HttpRequestError.ConfigurationLimitExceeded, $"The response is longer than {longest} bytes.");
                }
            }

            foreach (var (name, values) in body.Headers.NonValidated)
            {
                read.Headers.TryAddWithoutValidation(name, values);
            }

            return read;
        }
        catch (IOException exception)
        {
            read.Dispose();
            throw new HttpRequestException(
                (exception as HttpIOException)?.HttpRequestError ?? HttpRequestError.Unknown, exception.Message, exception);
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    /// <summary>Returns the memory and keeps a copy, for a reader who does not dispose the body.</summary>
    public async Task CopyAsync()
    {
        await LoadIntoBufferAsync();
        Return();
    }

    /// <inheritdoc/>
    public void Advance(int count) => _length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_memory.Length - _length < Math.Max(sizeHint, 1))
        {
            var grown = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _memory.Length, _length + sizeHint));
            Written.CopyTo(grown);
            ArrayPool<byte>.Shared.Return(_memory);
            _memory = grown;
        }

        return _memory.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(Written).AsTask();

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Return();
        base.Dispose(disposing);
    }

    private void Return()
    {
        var memory = Interlocked.Exchange(ref _memory, []);
        _length = 0;
        if (memory.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(memory);
        }
    }
}
