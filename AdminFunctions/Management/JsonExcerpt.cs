using System.Buffers;

namespace AdminFunctions.Management;

/// <summary>
/// Copies a JSON document except for the parts that are left out or replaced. What stays is copied in long runs, which costs a fraction of
/// writing it token by token.
/// </summary>
internal ref struct JsonExcerpt(ReadOnlySpan<byte> document, IBufferWriter<byte> output)
{
    private readonly ReadOnlySpan<byte> _document = document;
    private int _from;

    /// <summary>Copies what has not been copied or left out yet.</summary>
    /// <param name="end">A position in the document, in bytes.</param>
    public void CopyTo(long end)
    {
        if (end > _from)
        {
            output.Write(_document[_from..(int)end]);
            _from = (int)end;
        }
    }

    /// <summary>Writes JSON in place of a part of the document.</summary>
    /// <param name="end">The position behind that part, in bytes.</param>
    public void Replace(long start, long end, ReadOnlySpan<byte> json)
    {
        CopyTo(start);
        output.Write(json);
        _from = (int)end;
    }

    /// <summary>Writes bytes at a position of the document, and leaves out nothing.</summary>
    /// <param name="position">In bytes.</param>
    public void Insert(long position, ReadOnlySpan<byte> json) => Replace(position, position, json);

    /// <summary>The members of an object or the items of an array, to see to the commas between those that stay.</summary>
    /// <param name="start">The position behind the opening bracket, in bytes.</param>
    public struct Parts(long start)
    {
        private long _keptTo = start;
        private bool _hasKept;

        /// <summary>Keeps the part that begins here. Call <see cref="End"/> behind it.</summary>
        /// <param name="start">The position of the part, in bytes.</param>
        public void Keep(ref JsonExcerpt excerpt, long start)
        {
            if (!_hasKept)
            {
                // A comma before the first part that stays belongs to one that was left out.
                excerpt.CopyTo(_keptTo);
                excerpt._from = (int)start;
                _hasKept = true;
            }
        }

        /// <summary>Ends a part that is kept.</summary>
        /// <param name="end">The position behind the part, in bytes.</param>
        public void End(long end) => _keptTo = end;

        /// <summary>Leaves out the part that ends here, and the comma before it.</summary>
        /// <param name="end">The position behind the part, in bytes.</param>
        public readonly void LeaveOut(ref JsonExcerpt excerpt, long end)
        {
            excerpt.CopyTo(_keptTo);
            excerpt._from = (int)end;
        }
    }
}
