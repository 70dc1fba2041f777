using System.Buffers.Binary;
using System.Text;

namespace AdminFunctions.Tests.Telemetry;

/// <summary>
/// Reads a message in the wire format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding) field by field.
/// </summary>
internal sealed class Protobuf
{
    private readonly List<(int Number, ulong Value, byte[] Bytes)> _fields = [];

    public Protobuf(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var key = Varint(ref bytes);
            var number = (int)(key >> 3);
            _fields.Add((key & 7) switch
            {
                0 => (number, Varint(ref bytes), []),
                1 => (number, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8)), []),
                2 => (number, 0, Take(ref bytes, (int)Varint(ref bytes)).ToArray()),
                5 => (number, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4)), []),
                var type => throw new FormatException($"There is no wire type {type}."),
            });
        }
    }

    public IEnumerable<Protobuf> Messages(int number) => Fields(number).Select(field => new Protobuf(field.Bytes));

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number));

    public string Hex(int number) => Convert.ToHexStringLower(Bytes(number));

    public ulong Number(int number) => Fields(number).Select(field => field.Value).LastOrDefault();

    public double Double(int number) => BitConverter.UInt64BitsToDouble(Number(number));

    public bool Has(int number) => Fields(number).Any();

    private byte[] Bytes(int number) => Fields(number).Select(field => field.Bytes).LastOrDefault() ?? [];

    private IEnumerable<(int Number, ulong Value, byte[] Bytes)> Fields(int number) => _fields.Where(field => field.Number == number);

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref bytes, 1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
