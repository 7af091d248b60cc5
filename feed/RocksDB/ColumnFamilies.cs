using System.Collections;

namespace RocksDbSharp;

/// <summary>The column families to open a database with, by name. "default" is always among them.</summary>
public class ColumnFamilies : IEnumerable<ColumnFamilies.Descriptor>
{
    /// <summary>Name of the one that every database has.</summary>
    public static readonly string DefaultName = "default";

    private readonly List<Descriptor> descriptors;

    /// <summary>Begins with the default column family.</summary>
    public ColumnFamilies(ColumnFamilyOptions? options = null) => descriptors = [new Descriptor(DefaultName, options ?? new ColumnFamilyOptions())];

    /// <summary>The names, in order.</summary>
    public IEnumerable<string> Names => descriptors.Select(d => d.Name);

    /// <summary>Adds one; a second "default" takes the place of the first.</summary>
    public void Add(Descriptor descriptor)
    {
        if (descriptor.Name == DefaultName)
        {
            descriptors[0] = descriptor;
        }
        else
        {
            descriptors.Add(descriptor);
        }
    }

    /// <inheritdoc cref="Add(Descriptor)"/>
    public void Add(string name, ColumnFamilyOptions options) => Add(new Descriptor(name, options));

    /// <inheritdoc/>
    public IEnumerator<Descriptor> GetEnumerator() => descriptors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A name and its options.</summary>
    public class Descriptor(string name, ColumnFamilyOptions options)
    {
        /// <summary>The name.</summary>
        public string Name { get; } = name;

        /// <summary>The options.</summary>
        public ColumnFamilyOptions Options { get; } = options;
    }
}

/// <summary>An open column family; it lives as long as its database.</summary>
public interface ColumnFamilyHandle
{
    /// <summary>The object of the C API.</summary>
    IntPtr Handle { get; }
}

internal sealed class OpenFamily(FamilySafeHandle family) : ColumnFamilyHandle
{
    public IntPtr Handle => family.DangerousGetHandle();

    internal FamilySafeHandle Native => family;
}
