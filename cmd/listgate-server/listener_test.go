package main

import (
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDoorway holds as many connections open as there may be: the next is answered once
// one of them is gone.
func TestDoorway(t *testing.T) {
	t.Parallel()
	at, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(newDoorway(at, 3)) }()
	var held []net.Conn
	for range 3 {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", at.Addr().String())
		require.NoError(t, err)
		_, err = c.Write([]byte("GET / HTTP/1.1\r\n"))
		require.NoError(t, err)
		held = append(held, c)
	}
	answered := make(chan int, 1)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	go func() {
		r, err := client.Get("http://" + at.Addr().String())
		if err == nil {
			answered <- r.StatusCode
			err = r.Body.Close()
		}
		assert.NoError(t, err)
	}()
	select {
	case <-answered:
		t.Error("it was let in beside three others")
	case <-time.After(100 * time.Millisecond):
	}
	require.NoError(t, held[0].Close())
	select {
	case status := <-answered:
		assert.Equal(t, http.StatusNoContent, status)
	case <-time.After(patience):
		t.Error("it is not let in behind the other")
	}
	require.NoError(t, server.Close())
	assert.ErrorIs(t, <-ended, http.ErrServerClosed)
}

func TestDoorwayEndsWhileItIsFull(t *testing.T) {
	t.Parallel()
	at, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	d := newDoorway(at, 0)
	ended := make(chan error, 1)
	go func() {
		_, err := d.Accept()
		ended <- err
	}()
	require.NoError(t, d.Close())
	select {
	case err := <-ended:
		assert.True(t, errors.Is(err, net.ErrClosed))
	case <-time.After(patience):
		t.Error("it does not end")
	}
	assert.GreaterOrEqual(t, connections(), 16)
}
