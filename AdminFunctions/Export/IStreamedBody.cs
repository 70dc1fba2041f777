using System.Buffers;
using System.IO.Pipelines;

namespace AdminFunctions.Export;

/// <summary>The body of a response that is sent while it is made.</summary>
public interface IStreamedBody : IAsyncDisposable
{
    /// <summary>The media type.</summary>
    string ContentType { get; }

    /// <summary>The name for the file that the body is saved to; <see langword="null"/> if it is not to be saved.</summary>
    string? FileName { get; }

    /// <summary>Writes all of it, and flushes now and then.</summary>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    Task WriteAsync(PipeWriter output, CancellationToken cancellationToken);

    /// <summary>Writes that the body is incomplete, if the format has a place for it.</summary>
    /// <param name="problem">The problem details, as JSON.</param>
    void WriteFailure(IBufferWriter<byte> output, ReadOnlySpan<byte> problem);
}
