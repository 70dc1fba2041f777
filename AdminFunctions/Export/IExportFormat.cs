using System.Buffers;
using AdminFunctions.Users;

namespace AdminFunctions.Export;

/// <summary>What an export looks like.</summary>
internal interface IExportFormat
{
    /// <summary>The media type.</summary>
    string ContentType { get; }

    /// <summary>The file name's extension.</summary>
    string Extension { get; }

    /// <summary>Writes what comes before the first user.</summary>
    void Begin(IBufferWriter<byte> output);

    /// <summary>Writes a user.</summary>
    void Write(IBufferWriter<byte> output, User user);

    /// <summary>Writes what tells that this was all.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="users">How many users there were.</param>
    void End(IBufferWriter<byte> output, long users);

    /// <summary>Writes what tells that this was not all, if the format has a place for it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="problem">What happened, as JSON.</param>
    void Fail(IBufferWriter<byte> output, ReadOnlySpan<byte> problem);
}
