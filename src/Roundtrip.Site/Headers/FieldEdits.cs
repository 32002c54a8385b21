using System.Collections.Immutable;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Headers;

/// <summary>Edits in their order: those of an inner scope come after those of an outer one, and the early ones before all others.</summary>
internal sealed class FieldEdits
{
    public static readonly FieldEdits None = new([]);

    private FieldEdits(ImmutableArray<FieldEdit> all)
    {
        All = all;
        IsSameForAll = all.All(edit => edit.IsSameForAll);
    }

    public ImmutableArray<FieldEdit> All { get; }

    public bool IsSameForAll { get; }

    public FieldEdits Add(FieldEdit edit) => new(All.Add(edit));

    public static FieldEdits Merge(FieldEdits outer, FieldEdits inner) => new(outer.All.AddRange(inner.All));

    public bool Touch(string name) => All.Any(edit => edit.Touches(name));

    /// <param name="request">May be null where they are the same for all.</param>
    public void Apply(FieldList fields, RequestFacts? request)
    {
        foreach (FieldEdit edit in All)
        {
            if (edit.IsEarly)
            {
                edit.Apply(fields, request);
            }
        }

        ApplyLate(fields, request);
    }

    public void ApplyLate(FieldList fields, RequestFacts? request)
    {
        foreach (FieldEdit edit in All)
        {
            if (!edit.IsEarly)
            {
                edit.Apply(fields, request);
            }
        }
    }
}
