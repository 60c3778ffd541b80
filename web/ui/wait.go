package ui

import (
	"net/http"
	"time"
)

// slowest is the speed, in bytes a second, at which a large body may come in.
const slowest = 64 << 10

// answerWait is how long the answer behind a large body may take.
const answerWait = 2 * time.Minute

// AllowTime gives a request the time to bring this many bytes, beyond that which a
// server has for others. Call it once it is known who asks: a stranger who may be
// slow holds a connection.
func AllowTime(w http.ResponseWriter, bytes int64) {
	until := time.Now().Add(answerWait + time.Duration(bytes/slowest)*time.Second)
	control := http.NewResponseController(w)
	// A writer without deadlines has none to move.
	_ = control.SetReadDeadline(until)
	_ = control.SetWriteDeadline(until.Add(answerWait))
}
