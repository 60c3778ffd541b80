package csv

import "github.com/listgate/listgate/registry"

// snapshots sorts the records into one snapshot a series, in the order of their
// lines, with what is held of each batch.
func (t *table) snapshots(source, digest string) []registry.Snapshot {
	var all []registry.Snapshot
	for _, series := range []registry.Series{
		registry.Algorithm, registry.Cancellation, registry.GenAIFiled, registry.GenAIListed,
	} {
		s := registry.Snapshot{Source: source, Series: series, SHA256: digest}
		at := map[string]int{}
		for _, r := range t.records {
			if r.Series != series {
				continue
			}
			s.Records = append(s.Records, r)
			s.Published = max(s.Published, r.Published)
			i, ok := at[r.Batch]
			if !ok {
				i = len(s.Coverage.Batches)
				at[r.Batch] = i
				s.Coverage.Batches = append(s.Coverage.Batches, registry.Batch{Name: r.Batch})
			}
			batch := &s.Coverage.Batches[i]
			batch.Held++
			batch.Published = max(batch.Published, r.Published)
		}
		if len(s.Records) > 0 {
			all = append(all, s)
		}
	}
	return all
}
