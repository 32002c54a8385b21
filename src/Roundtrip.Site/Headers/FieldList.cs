using System.Text;
using Roundtrip.Http;

namespace Roundtrip.Site.Headers;

/// <summary>Fields while they are changed: httpd's table. Names are compared without regard to case, values are bytes as characters.</summary>
internal sealed class FieldList
{
    private readonly List<(string Name, string Value)> _fields = [];

    public IReadOnlyList<(string Name, string Value)> All => _fields;

    public void Add(string name, string value) => _fields.Add((name, value));

    public void Add(FieldBlock block)
    {
        foreach (ref readonly FieldEntry entry in block.Fields)
        {
            Add(Encoding.Latin1.GetString(block.At(entry.Name)), Encoding.Latin1.GetString(block.At(entry.Value)));
        }
    }

    public void Add(RequestHead request)
    {
        foreach (ref readonly FieldEntry entry in request.Fields)
        {
            Add(Encoding.Latin1.GetString(request.At(entry.Name)), Encoding.Latin1.GetString(request.At(entry.Value)));
        }
    }

    public string? Find(string name)
    {
        int at = IndexOf(name);
        return at < 0 ? null : _fields[at].Value;
    }

    /// <summary>Puts a value into the place of the first field of that name, and takes the others away.</summary>
    public void Set(string name, string value)
    {
        int at = IndexOf(name);
        if (at < 0)
        {
            Add(name, value);
            return;
        }

        _fields[at] = (name, value);
        for (int i = _fields.Count - 1; i > at; i--)
        {
            if (Is(i, name))
            {
                _fields.RemoveAt(i);
            }
        }
    }

    public void Remove(string name) => _fields.RemoveAll(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public void RemoveStartingWith(string prefix) => _fields.RemoveAll(field => field.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>Appends to the list that the first field of that name is.</summary>
    public void Append(string name, string value)
    {
        int at = IndexOf(name);
        if (at < 0)
        {
            Add(name, value);
        }
        else
        {
            _fields[at] = (_fields[at].Name, $"{_fields[at].Value}, {value}");
        }
    }

    /// <summary>Appends what is not in the list yet, of any field of that name.</summary>
    public void Merge(string name, string value)
    {
        bool isThere = _fields.Any(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
            && field.Value.Split(',').Any(item => item.Trim() == value));
        if (!isThere)
        {
            Append(name, value);
        }
    }

    /// <summary>Changes the values of all fields of that name; null takes one away.</summary>
    public void Edit(string name, Func<string, string?> change)
    {
        for (int i = _fields.Count - 1; i >= 0; i--)
        {
            if (!Is(i, name))
            {
                continue;
            }

            if (change(_fields[i].Value) is { } value)
            {
                _fields[i] = (_fields[i].Name, value);
            }
            else
            {
                _fields.RemoveAt(i);
            }
        }
    }

    public FieldBlock ToBlock() => FieldBlock.Create([.. _fields]);

    private int IndexOf(string name) => _fields.FindIndex(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private bool Is(int index, string name) => _fields[index].Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
