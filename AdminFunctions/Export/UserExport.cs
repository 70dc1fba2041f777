using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using AdminFunctions.Telemetry;
using AdminFunctions.Users;
using Auth0.ManagementApi;

namespace AdminFunctions.Export;

/// <summary>An export under way: users page by page, written in the format that the caller asked for.</summary>
public sealed class UserExport : IStreamedBody
{
    private readonly UserExportQuery _query;
    private readonly IAsyncEnumerator<IReadOnlyList<UserResponseSchema>> _pages;
    private readonly Func<WalkPosition> _position;
    private readonly IDisposable _slot;
    private readonly Instruments _instruments;
    private readonly IExportFormat _format;
    private bool _hasPage;

    internal UserExport(
        UserExportQuery query,
        IAsyncEnumerator<IReadOnlyList<UserResponseSchema>> pages,
        Func<WalkPosition> position,
        IDisposable slot,
        TimeProvider time,
        Instruments instruments)
    {
        (_query, _pages, _position, _slot, _instruments) = (query, pages, position, slot, instruments);
        _format = query.AsCsv ? new CsvFormat(query.Fields, query.WithByteOrderMark) : new NdjsonFormat(query.WithEnd);
        FileName = $"users-{time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.{_format.Extension}";
    }

    /// <inheritdoc/>
    public string ContentType => _format.ContentType;

    /// <inheritdoc/>
    public string? FileName { get; }

    internal async Task ReadFirstPageAsync() => _hasPage = await _pages.MoveNextAsync();

    /// <inheritdoc/>
    public async Task WriteAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        var users = _query.After?.Position.Delivered ?? 0;
        _format.Begin(output);
        for (; _hasPage; _hasPage = await _pages.MoveNextAsync())
        {
            foreach (var user in _pages.Current)
            {
                _format.Write(output, _query.Shape(User.From(user)));
            }

            if (_query.WithCursors && _query.CursorOf(_position()) is { } cursor)
            {
                _format.WriteCursor(output, cursor);
            }

            users += _pages.Current.Count;
            await output.FlushAsync(cancellationToken);
            _instruments.Exported(_pages.Current.Count);
        }

        // Before the caller learns that this was all: the caller may start the next export at once.
        _slot.Dispose();
        _format.End(output, users);
        await output.FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void WriteFailure(IBufferWriter<byte> output, ReadOnlySpan<byte> problem) => _format.Fail(output, problem);

    /// <summary>Ends the export and frees its slot.</summary>
    public async ValueTask DisposeAsync()
    {
        await _pages.DisposeAsync();
        _slot.Dispose();
    }
}
