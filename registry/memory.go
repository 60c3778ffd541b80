package registry

// NewMemory returns a Lookup over the snapshots, in their order. It keeps their
// records and must have them to itself.
func NewMemory(snapshots ...Snapshot) Lookup {
	held, rows := make([]Held, len(snapshots)), map[rowKey][]Record{}
	for i, s := range snapshots {
		held[i] = Held{Snapshot: s, First: dayOf(s.Published)}
		held[i].Records = nil
		for _, r := range s.Records {
			held[i].First = earlier(held[i].First, r.Day())
			k := rowKey{s.Series, NumberKey(r.Number)}
			rows[k] = append(rows[k], r)
		}
	}
	return NewLookup(held, func(series Series, key, asOf string) ([]Record, error) {
		var found []Record
		for _, r := range rows[rowKey{series, key}] {
			if seen(r.Published, asOf) {
				found = append(found, r)
			}
		}
		return found, nil
	})
}

type rowKey struct {
	series Series
	number string
}
