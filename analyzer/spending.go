package analyzer

import (
	"fmt"
	"sync"

	"github.com/listgate/listgate/analyzer/budget"
)

// errSpent is why the entries behind the bound of a spending have no records.
var errSpent = fmt.Errorf("%w: the entries before took all", budget.ErrExhausted)

// spending bounds what the readers of all entries withdraw together. Entries are
// read in parallel, so a shared budget would end at another entry in each run:
// here each has its own, and the sum is drawn in directory order. What was read
// behind the end counts as unread, the same every time.
type spending struct {
	mu       sync.Mutex
	limit    int64
	used     []int64 // by task; unfinished while it is running
	finished int     // tasks without a running one before them
	sum      int64   // what these withdrew
	end      int     // the first task that is too much
}

const unfinished = -1

func newSpending(limit int64, tasks int) *spending {
	s := &spending{limit: limit, used: make([]int64, tasks), end: tasks}
	for i := range s.used {
		s.used[i] = unfinished
	}
	return s
}

// finish books what a task withdrew.
func (s *spending) finish(task int, n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used[task] = n
	for ; s.finished < s.end && s.used[s.finished] != unfinished; s.finished++ {
		if s.used[s.finished] > s.limit-s.sum {
			s.end = s.finished
			return
		}
		s.sum += s.used[s.finished]
	}
}

// over reports that the end was found before the last task.
func (s *spending) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end < len(s.used)
}
