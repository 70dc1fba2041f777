using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AdminFunctions.Users;

namespace AdminFunctions.Export;

/// <summary>
/// The text after which an export can go on. It holds the whole position, so every instance can continue, and none has to remember it.
/// </summary>
/// <remarks>
/// It is not signed. It grants nothing: a caller who may send it may export everyone, and a forged cursor only leaves out users of the
/// forger's own export. A checksum finds cursors that were cut off or altered by mistake.
/// </remarks>
/// <param name="Search">The fingerprint of the search and the fields.</param>
/// <param name="Position">The position after the last delivered page.</param>
internal sealed record ExportCursor(ulong Search, WalkPosition Position)
{
    /// <summary>
    /// The longest cursor. A position that needs more has no cursor. That takes hundreds of users with one creation date, created while
    /// the walk is there.
    /// </summary>
    public const int MaxLength = 4096;

    private const byte Version = 1;
    private const int ChecksumLength = 4, MaxIdLength = 1024;
    private const long MaxUsers = 1_000_000_000_000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [Flags]
    private enum Parts : byte
    {
        None = 0,
        Key = 1,
        Passed = 2,
        TiesUpTo = 4,
        LookedForUndated = 8,
        UndatedUpTo = 16,
    }

    /// <summary>Returns the fingerprint of what all pieces of an export have in common.</summary>
    public static ulong Fingerprint(string? q, IEnumerable<string> fields) =>
        WalkPosition.Mark($"{string.Join(',', fields.Order(StringComparer.Ordinal))}\n{q}");

    /// <summary>Reads a cursor.</summary>
    /// <returns>Whether it is one that <see cref="TryWrite"/> has written.</returns>
    public static bool TryRead(string text, out ExportCursor? cursor)
    {
        cursor = null;
        if (text.Length > MaxLength || !Base64Url.IsValid(text))
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length <= ChecksumLength
            || !Checksum(bytes.AsSpan(..^ChecksumLength)).SequenceEqual(bytes.AsSpan(^ChecksumLength..)))
        {
            return false;
        }

        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, 0, bytes.Length - ChecksumLength));
            var read = Read(reader);

            // Each position has one form only: a cursor with anything more, such as white space, is not ours.
            cursor = IsSound(read.Position) && read.TryWrite() == text ? read : null;
            return cursor is not null;
        }
        catch (Exception malformed) when (malformed is IOException or FormatException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Writes the cursor.</summary>
    /// <returns>The text, or <see langword="null"/> if it would be longer than <see cref="MaxLength"/>.</returns>
    public string? TryWrite()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        var parts = (Position.Key is null ? Parts.None : Parts.Key)
            | (Position.IsPassed ? Parts.Passed : Parts.None)
            | (Position.TiesUpTo is null ? Parts.None : Parts.TiesUpTo)
            | (Position.HasLookedForUndated ? Parts.LookedForUndated : Parts.None)
            | (Position.UndatedUpTo is null ? Parts.None : Parts.UndatedUpTo);
        writer.Write(Version);
        writer.Write(Search);
        writer.Write((byte)Position.Place);
        writer.Write((byte)parts);
        writer.Write7BitEncodedInt64(Position.Delivered);
        if (Position.Key is { } key)
        {
            writer.Write(DateTimeOffset.Parse(key, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
        }

        foreach (var id in new[] { Position.TiesUpTo, Position.UndatedUpTo }.OfType<string>())
        {
            var encoded = Encoding.UTF8.GetBytes(id);
            writer.Write7BitEncodedInt(encoded.Length);
            writer.Write(encoded);
        }

        foreach (var marks in new[] { Position.AtKey, Position.WithoutKey })
        {
            writer.Write7BitEncodedInt(marks.Count);
            foreach (var mark in marks.Order())
            {
                writer.Write(mark);
            }
        }

        writer.Write(Checksum(bytes.ToArray()));
        var text = Base64Url.EncodeToString(bytes.ToArray());
        return text.Length <= MaxLength ? text : null;
    }

    private static ExportCursor Read(BinaryReader reader)
    {
        if (reader.ReadByte() is not Version)
        {
            throw new FormatException("The cursor is of another version.");
        }

        var search = reader.ReadUInt64();
        var place = (WalkPlace)reader.ReadByte();
        var parts = (Parts)reader.ReadByte();
        var delivered = reader.Read7BitEncodedInt64();
        return new ExportCursor(
            search,
            new WalkPosition(
                place,
                parts.HasFlag(Parts.Key)
                    ? Auth0DateTimeConverter.Format(DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadInt64()).UtcDateTime)
                    : null,
                parts.HasFlag(Parts.Passed),
                parts.HasFlag(Parts.TiesUpTo) ? ReadId(reader) : null,
                parts.HasFlag(Parts.LookedForUndated),
                parts.HasFlag(Parts.UndatedUpTo) ? ReadId(reader) : null,
                delivered,
                ReadMarks(reader),
                ReadMarks(reader)));
    }

    private static string ReadId(BinaryReader reader)
    {
        var length = reader.Read7BitEncodedInt();
        return length is > 0 and <= MaxIdLength
            ? Utf8.GetString(reader.ReadBytes(length))
            : throw new FormatException("The cursor has an ID of an impossible length.");
    }

    private static HashSet<ulong> ReadMarks(BinaryReader reader)
    {
        HashSet<ulong> marks = [];
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            marks.Add(reader.ReadUInt64());
        }

        return marks;
    }

    /// <summary>Whether a walk can be there, so that no later step has to doubt it.</summary>
    private static bool IsSound(WalkPosition position) =>
        position.Delivered is >= 0 and <= MaxUsers
        && (position.Key is not null || (!position.IsPassed && position.AtKey.Count is 0))
        && (position.TiesUpTo is not null) == (position.Place is WalkPlace.Ties)
        && position.Place switch
        {
            WalkPlace.Window => true,
            WalkPlace.Ties => position is { Key: not null, IsPassed: false },
            WalkPlace.Undated => position is { HasLookedForUndated: true, UndatedUpTo: not null },
            _ => false,
        }
        && !$"{position.TiesUpTo}{position.UndatedUpTo}".Any(char.IsControl);

    private static ReadOnlySpan<byte> Checksum(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes).AsSpan(..ChecksumLength);
}
