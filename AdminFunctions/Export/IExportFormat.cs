using System.Buffers;
using AdminFunctions.Users;

namespace AdminFunctions.Export;

/// <summary>The file format of an export.</summary>
internal interface IExportFormat
{
    /// <summary>The media type.</summary>
    string ContentType { get; }

    /// <summary>The extension of the file name, without a dot.</summary>
    string Extension { get; }

    /// <summary>Writes the beginning, before the first user.</summary>
    void Begin(IBufferWriter<byte> output);

    /// <summary>Writes a user.</summary>
    void Write(IBufferWriter<byte> output, User user);

    /// <summary>Writes the cursor after which the export can go on.</summary>
    void WriteCursor(IBufferWriter<byte> output, string cursor);

    /// <summary>Writes the end of a complete export.</summary>
    /// <param name="users">The number of users in it.</param>
    void End(IBufferWriter<byte> output, long users);

    /// <summary>Writes the end of an incomplete export, if the format has a place for it.</summary>
    /// <param name="problem">The problem details, as JSON.</param>
    void Fail(IBufferWriter<byte> output, ReadOnlySpan<byte> problem);
}
