package main

import (
	"net"
	"sync"
	"syscall"
)

// connections is how many connections a process takes at one time: half of the files
// that it may have open. The other half is for the database, packages and scans of those
// who are in, whoever holds connections open outside. Who comes beyond waits.
func connections() int {
	const fewest, usual = 16, 512
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return usual
	}
	return int(max(fewest, min(files.Cur, 1<<20)/2))
}

// doorway is a listener with so many connections open at one time.
type doorway struct {
	net.Listener
	slots  chan struct{}
	closed chan struct{}
	once   sync.Once
}

func newDoorway(at net.Listener, most int) *doorway {
	return &doorway{Listener: at, slots: make(chan struct{}, most), closed: make(chan struct{})}
}

// Accept implements net.Listener.
func (d *doorway) Accept() (net.Conn, error) {
	select {
	case d.slots <- struct{}{}:
	case <-d.closed:
		return nil, net.ErrClosed
	}
	c, err := d.Listener.Accept()
	if err != nil {
		<-d.slots
		return nil, err
	}
	return &guest{Conn: c, leave: sync.OnceFunc(func() { <-d.slots })}, nil
}

// Close implements net.Listener.
func (d *doorway) Close() error {
	d.once.Do(func() { close(d.closed) })
	return d.Listener.Close()
}

// guest is a connection that has a slot.
type guest struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (g *guest) Close() error {
	err := g.Conn.Close()
	g.leave()
	return err
}
