using System.Buffers.Binary;
using System.Text;

namespace Avro.IO;

/// <summary>Writes Avro's binary encoding to a stream.</summary>
public class BinaryEncoder(Stream stream)
{
    /// <summary>null: nothing.</summary>
    public void WriteNull()
    {
    }

    /// <summary>boolean.</summary>
    public void WriteBoolean(bool value) => stream.WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>int.</summary>
    public void WriteInt(int value) => WriteLong(value);

    /// <summary>long: zigzag, seven bits a byte.</summary>
    public void WriteLong(long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        Span<byte> bytes = stackalloc byte[10];
        var count = 0;
        while (zigzag >= 0x80)
        {
            bytes[count++] = (byte)(zigzag | 0x80);
            zigzag >>= 7;
        }

        bytes[count++] = (byte)zigzag;
        stream.Write(bytes[..count]);
    }

    /// <summary>float.</summary>
    public void WriteFloat(float value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        stream.Write(bytes);
    }

    /// <summary>double.</summary>
    public void WriteDouble(double value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        stream.Write(bytes);
    }

    /// <summary>bytes.</summary>
    public void WriteBytes(byte[] value)
    {
        WriteLong(value.Length);
        stream.Write(value);
    }

    /// <summary>string.</summary>
    public void WriteString(string value) => WriteBytes(Encoding.UTF8.GetBytes(value));

    /// <summary>fixed.</summary>
    public void WriteFixed(byte[] data) => stream.Write(data);

    /// <summary>Flushes the stream.</summary>
    public void Flush() => stream.Flush();
}

/// <summary>Reads Avro's binary encoding from a stream. Lengths are checked against what is left before anything is allocated, where the stream can tell.</summary>
public class BinaryDecoder(Stream stream)
{
    /// <summary>How deep the value being read is nested.</summary>
    internal int Depth { get; set; }

    /// <summary>boolean.</summary>
    public bool ReadBoolean() => ReadByte() switch { 0 => false, 1 => true, var other => throw new AvroException($"{other} is not a boolean.") };

    /// <summary>int.</summary>
    public int ReadInt() => ReadLong() is >= int.MinValue and <= int.MaxValue and var value ? (int)value : throw new AvroException("An int is out of range.");

    /// <summary>long.</summary>
    public long ReadLong()
    {
        var zigzag = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            zigzag |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
            }
        }

        throw new AvroException("A number has more than ten bytes.");
    }

    /// <summary>float.</summary>
    public float ReadFloat() => BinaryPrimitives.ReadSingleLittleEndian(ReadExactly(4));

    /// <summary>double.</summary>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(ReadExactly(8));

    /// <summary>bytes.</summary>
    public byte[] ReadBytes() => ReadExactly(ReadLong());

    /// <summary>string.</summary>
    public string ReadString() => Encoding.UTF8.GetString(ReadBytes());

    /// <summary>fixed.</summary>
    public void ReadFixed(byte[] buffer) => ReadExactly(buffer.Length).CopyTo(buffer, 0);

    /// <summary>Number of items in the next block of an array or map; 0 = the end.</summary>
    public long ReadBlockCount()
    {
        var count = ReadLong();
        if (count < 0)
        {
            // A negative count is followed by the block's size in bytes.
            ReadLong();
            count = count == long.MinValue ? throw new AvroException("A block count is out of range.") : -count;
        }

        // Only a null takes no bytes; nobody sends arrays of those.
        if (stream.CanSeek && count > stream.Length - stream.Position)
        {
            throw new AvroException($"A block of {count} items cannot be in {stream.Length - stream.Position} bytes.");
        }

        return count;
    }

    private byte ReadByte() => stream.ReadByte() is >= 0 and var value ? (byte)value : throw new AvroException("The data ends too early.");

    private byte[] ReadExactly(long count)
    {
        if (count < 0 || count > int.MaxValue || (stream.CanSeek && count > stream.Length - stream.Position))
        {
            throw new AvroException($"A length of {count} is beyond the data.");
        }

        var buffer = new byte[count];
        try
        {
            stream.ReadExactly(buffer);
        }
        catch (EndOfStreamException exception)
        {
            throw new AvroException("The data ends too early.", exception);
        }

        return buffer;
    }
}
